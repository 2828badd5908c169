// Save what is typed: a moment after the last key, never in the middle of a composition, one request at a time.
import { ask, notice } from "./request.js";
import { answered, follow, isTyped, onItsWay, sent, servedOf, valueOf } from "./morph.js";
import { handle, isElsewhere, keepSaid, overtake, whileNothingIsPressed } from "./fragments.js";

const PAUSE_MS = 350;
let timer = 0;
let running = null;
let isComposing = false;

export function form() {
  return document.getElementById("draft-form");
}

/** The fields of the draft: each is sent with what it was.  What belongs to one act alone is not among them. */
function controls() {
  const { elements } = form();
  return [...elements].filter((control) => control.name && elements[`was.${control.name}`]);
}

/** What belongs to the pressed button alone: its own name, and what was filled in beside it; no password stays. */
function belonging(button) {
  const beside = button.closest("[data-act]")?.querySelectorAll("input, select") ?? [];
  const fields = [...beside].map((control) => [control.name, control.value]);
  for (const control of beside) if (control.type === "password") control.value = "";
  return button.name ? [...fields, [button.name, button.value]] : fields;
}

/** What every request of the form carries: the token, and whose form it is. */
function always() {
  return ["csrf", "typed_in"].map((name) => [name, form().elements[name].value]);
}

/** The fields that the server does not know yet, each with what it knows instead; on request also those it is being told. */
function typed(isAlsoOnItsWay = false) {
  const fields = [];
  for (const control of controls()) {
    const { name } = control;
    const isNews = isTyped(control);
    if (!isNews && !(isAlsoOnItsWay && onItsWay.has(name))) continue;
    const was = isNews && onItsWay.has(name) ? onItsWay.get(name) : servedOf(control);
    fields.push([name, valueOf(control)], [`was.${name}`, was]);
  }
  return fields;
}

/** Send what is typed to `url`; an act is sent even where nothing is. */
async function send(url, isAct, extra = []) {
  const fields = typed();
  if (!fields.length && !isAct) return true;
  for (let i = 0; i < fields.length; i += 2) {
    sent.set(fields[i][0], fields[i][1]);
    onItsWay.set(fields[i][0], fields[i][1]);
  }
  overtake();
  try {
    const answer = await ask("POST", url, [...always(), ...fields, ...extra]);
    await whileNothingIsPressed();
    for (const [name] of fields) answered.add(name);
    if (isAct && isElsewhere(answer)) document.dispatchEvent(new Event("act-leaves"));
    if (!isAct) keepSaid(answer.document);
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
    answered.clear();
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

/** Put the cursor into the field that has to be looked at first, in whatever part of the form it is folded away. */
function goTo(key) {
  const field = key && document.getElementById(key);
  if (!field) return;
  const section = field.closest("details");
  if (section) section.open = true;
  field.focus();
}

/** Press a button of the form without leaving the page: what is typed goes with it. */
export async function act(button) {
  clearTimeout(timer);
  while (running) await running;
  if (!form()) return;
  running = send(button.getAttribute("formaction") ?? form().action, true, belonging(button));
  const isDone = await running;
  running = null;
  document.dispatchEvent(new CustomEvent("acted", { detail: button }));
  if (!isDone) goTo(document.getElementById("sentence")?.dataset.first);
}

/** Press a button that opens a page as a whole, or brings files: the browser sends the form, once all before it is said. */
async function leave(button) {
  await save();
  if (form() && !typed().length) form().requestSubmit(button);
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
    if (event.target !== form()) return;
    const button = event.submitter;
    if (event.defaultPrevented || (button?.hasAttribute("data-whole") && !running && !typed().length)) return;
    event.preventDefault();
    if (button) button.hasAttribute("data-whole") ? leave(button) : act(button);
  });
  addEventListener("pagehide", () => {
    // A request that has not left yet ends with its page: what it carries is sent once more.
    const fields = form() ? typed(true) : [];
    if (!fields.length) return;
    const body = new URLSearchParams([...always(), ...fields]);
    fetch(form().action, { method: "POST", body, keepalive: true, redirect: "manual" });
  });
}
