// Save what is typed: a moment after the last key, never in the middle of a composition, one request at a time.
import { ask, notice } from "./request.js";
import { follow, isTyped, onItsWay, sent, servedOf, valueOf } from "./morph.js";
import { handle, overtake } from "./fragments.js";

const PAUSE_MS = 350;
let timer = 0;
let running = null;
let isComposing = false;

export function form() {
  return document.getElementById("draft-form");
}

function controls() {
  return [...form().elements].filter((control) => control.name && control.type !== "hidden" && control.nodeName !== "BUTTON");
}

/** The fields that the server does not know yet, each with what it knows instead. */
function typed() {
  const fields = [];
  for (const control of controls().filter(isTyped)) {
    const was = onItsWay.get(control.name) ?? servedOf(control);
    fields.push([control.name, valueOf(control)], [`was.${control.name}`, was]);
  }
  return fields;
}

/** Send what is typed to `url`; `always` sends even where nothing is. */
async function send(url, always, extra = []) {
  const fields = typed();
  if (!fields.length && !always) return true;
  for (let i = 0; i < fields.length; i += 2) {
    sent.set(fields[i][0], fields[i][1]);
    onItsWay.set(fields[i][0], fields[i][1]);
  }
  overtake();
  try {
    const answer = await ask("POST", url, [["csrf", form().elements.csrf.value], ...fields, ...extra]);
    const isDone = handle(answer);
    if (!isDone) for (const [name] of fields) sent.delete(name);
    return isDone;
  } catch {
    for (const [name] of fields) sent.delete(name);
    notice(form().dataset.failed);
    timer = setTimeout(save, 2000);
    return false;
  } finally {
    onItsWay.clear();
  }
}

/** Save now what is typed; waits for a save that is under way. */
export async function save() {
  clearTimeout(timer);
  while (running) await running;
  if (!form() || isComposing) return;
  running = send(form().action, false);
  await running;
  running = null;
}

/** Press a button of the form without leaving the page: what is typed goes with it. */
export async function act(button) {
  clearTimeout(timer);
  while (running) await running;
  if (!form()) return;
  const extra = button.name ? [[button.name, button.value]] : [];
  running = send(button.getAttribute("formaction") ?? form().action, true, extra);
  await running;
  running = null;
}

/** Send another form of the page as the pressed button says, after what is typed in the form; no password is kept. */
async function sendInPlace(other, button) {
  await save();
  const fields = [...new FormData(other, button)];
  for (const secret of other.querySelectorAll("[type=password]")) secret.value = "";
  overtake();
  try {
    handle(await ask("POST", other.getAttribute("action"), fields));
  } catch {
    notice(form().dataset.failed);
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}

export function start() {
  document.addEventListener("compositionstart", () => { isComposing = true; });
  document.addEventListener("compositionend", () => { isComposing = false; later(); });
  document.addEventListener("input", (event) => {
    if (event.target.form === form() && form() && !event.isComposing) later();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form() && form()) save();
  });
  document.addEventListener("focusout", (event) => {
    const control = event.target;
    if (!form() || control.form !== form() || !control.name) return;
    if (!isTyped(control) && !onItsWay.has(control.name)) follow(control);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-in-place]")) {
      event.preventDefault();
      sendInPlace(event.target, event.submitter);
    }
    if (event.target !== form()) return;
    event.preventDefault();
    if (event.submitter) act(event.submitter);
  });
  addEventListener("pagehide", () => {
    if (form() && typed().length) {
      const fields = new URLSearchParams([["csrf", form().elements.csrf.value], ...typed()]);
      fetch(form().action, { method: "POST", body: fields, keepalive: true, redirect: "manual" });
    }
  });
}
