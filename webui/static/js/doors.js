// The doors of the address base that fit what is typed as a road, asked for while it is typed.
import * as codes from "./codes.js";
import { ask } from "./request.js";

const PAUSE_MS = 60;
let latest = 0;
let timer = 0;

/** The list of a field; a form that came into an open page by itself has brought none. */
function listOf(control) {
  const id = `list-${control.dataset.codes}`;
  const list = document.getElementById(id) ?? document.createElement("datalist");
  if (!list.isConnected) {
    list.id = id;
    document.body.append(list);
  }
  return list;
}

async function search(control) {
  const mine = ++latest;
  try {
    const csrf = control.form.elements.csrf.value;
    const answer = await ask("POST", control.dataset.doors, [["csrf", csrf], ["typed", control.value]]);
    const found = answer.document?.getElementById("doors-found");
    if (mine !== latest || !found) return;
    listOf(control).replaceChildren(...[...found.children].map((option) => document.adoptNode(option)));
    if (document.activeElement === control) codes.show(control);
  } catch {
    // Saving what is typed says that the station does not answer; a list that is missing needs no word of its own.
  }
}

function later(control) {
  clearTimeout(timer);
  latest += 1;
  if (control.value.trim()) timer = setTimeout(search, PAUSE_MS, control);
  else codes.hide(control);
}

const CHOSEN = "door-chosen";

/** What is left to type of a door is its room. */
function goToRoom(road) {
  const room = document.getElementById(road.replace("road", "room"));
  room?.focus();
  room?.select();
}

export function start() {
  const road = sessionStorage.getItem(CHOSEN);
  sessionStorage.removeItem(CHOSEN);
  if (road) goToRoom(road);
  document.addEventListener(CHOSEN, ({ target }) => {
    const keep = target.form.id === "edit-form" && target.form.querySelector(".keep-draft");
    if (!keep) return goToRoom(target.id);
    // A page that does not save by itself comes back with the door taken apart.
    sessionStorage.setItem(CHOSEN, target.id);
    keep.click();
  });
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.doors && !event.isComposing) later(event.target);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.dataset?.doors) later(event.target);
  });
}
