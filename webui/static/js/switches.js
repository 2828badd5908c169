// Small switches kept in this browser: sound, single-key shortcuts; and names that show while Alt is held.
import { ask } from "./request.js";

function show(button) {
  const isOff = localStorage.getItem(button.dataset.switch) === "off";
  button.textContent = isOff ? button.dataset.off : button.dataset.on;
  button.setAttribute("aria-pressed", String(!isOff));
  button.hidden = false;
  button.dataset.own = "data-own aria-pressed hidden";
}

function adopt() {
  document.querySelectorAll("[data-switch]").forEach(show);
  for (const hint of document.querySelectorAll(".names-hint")) {
    hint.hidden = false;
    hint.dataset.own = "data-own hidden";
  }
}

const HOLD_MS = 250;
let held = 0;

/** Ask for the full names of the list and show them while the key is held; never while a card lies on the reader. */
async function unmask() {
  const list = document.querySelector(".names");
  const csrf = document.querySelector("input[name=csrf]");
  if (!list || !csrf || list.dataset.lying !== "no") return;
  const mine = held;
  const answer = await ask("POST", list.dataset.names, [["csrf", csrf.value]]).catch(() => null);
  if (mine !== held || answer?.status !== 200) return;
  for (const line of answer.document.querySelectorAll("[data-record]")) {
    const name = list.querySelector(`.unmasked[data-record="${CSS.escape(line.dataset.record)}"]`);
    if (!name) continue;
    name.textContent = line.textContent;
    name.hidden = false;
    name.parentElement.querySelector(".masked").hidden = true;
  }
}

/** Take the full names off the page again. */
function mask() {
  clearTimeout(held);
  held = 0;
  for (const name of document.querySelectorAll(".names .unmasked")) {
    name.textContent = "";
    name.hidden = true;
    name.parentElement.querySelector(".masked").hidden = false;
  }
}

export function start() {
  adopt();
  document.addEventListener("fragments", () => { adopt(); mask(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-switch]");
    if (!button) return;
    const name = button.dataset.switch;
    localStorage.setItem(name, localStorage.getItem(name) === "off" ? "on" : "off");
    show(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Alt" && !held) held = setTimeout(unmask, HOLD_MS);
    else if (event.key !== "Alt") mask();
  });
  document.addEventListener("keyup", (event) => { if (event.key === "Alt") mask(); });
  addEventListener("blur", mask);
}
