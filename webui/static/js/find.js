// What fits what is typed, while it is typed; without this script the button asks.
import { ask, notice } from "./request.js";
import { morph } from "./morph.js";

const PAUSE_MS = 300;
const LEAST_CHARACTERS = 2;
let latest = 0;
let timer = 0;

/** Ask for what is typed now and show it; of several answers only the newest counts. */
async function search(form) {
  const mine = ++latest;
  try {
    const answer = await ask("POST", form.action, [...new FormData(form)]);
    if (mine !== latest) return;
    const [old, fresh] = [document.getElementById("found"), answer.document?.getElementById("found")];
    if (old && fresh) morph(old, fresh);
    else location.assign(answer.url);
  } catch {
    notice(document.body.dataset.offline);
  }
}

function wait(form) {
  clearTimeout(timer);
  const typed = form.elements.query.value.trim();
  if (typed.length >= LEAST_CHARACTERS || typed === "") timer = setTimeout(search, PAUSE_MS, form);
}

export function start() {
  const form = document.querySelector("form.find");
  if (!form) return;
  // An input method's letters are no words yet.
  form.addEventListener("input", (event) => event.isComposing || wait(form));
  form.addEventListener("compositionend", () => wait(form));
  form.addEventListener("submit", () => clearTimeout(timer));
}
