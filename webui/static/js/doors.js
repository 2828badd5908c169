// The doors of the address base that fit what is typed as a road, asked for while it is typed.
import * as codes from "./codes.js";
import { ask } from "./request.js";

const PAUSE_MS = 60;
let latest = 0;
let timer = 0;

async function search(control) {
  const mine = ++latest;
  try {
    const csrf = control.form.elements.csrf.value;
    const answer = await ask("POST", control.dataset.doors, [["csrf", csrf], ["typed", control.value]]);
    const found = answer.document?.getElementById("doors-found");
    const list = document.getElementById(`list-${control.dataset.codes}`);
    if (mine !== latest || !found || !list) return;
    list.replaceChildren(...[...found.children].map((option) => document.adoptNode(option)));
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

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.doors && !event.isComposing) later(event.target);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.dataset?.doors) later(event.target);
  });
}
