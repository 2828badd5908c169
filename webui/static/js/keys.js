// Every act has a key, written on its button.  No key acts while an input method is composing.

const FIELDS = "input:not([type=hidden]), select, textarea";

function combination(event) {
  const parts = [];
  if (event.ctrlKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  parts.push(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return parts.join("+");
}

function isTyping() {
  return document.activeElement?.matches(FIELDS);
}

function lettersAreOn() {
  return localStorage.getItem("letters") !== "off";
}

/** Press the button that carries this key, if there is one; a key that is held down presses once.  What it opens may
    name the field to go to. */
function press(keys, isHeld) {
  const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === keys && !one.closest("[hidden]"));
  if (!button) return false;
  if (isHeld) return true;
  const field = button.dataset.focus && document.getElementById(button.dataset.focus);
  if (field && !(field.type === "password" && field.value)) field.focus();
  else button.click();
  const opened = button.dataset.opens && document.getElementById(button.dataset.opens);
  if (opened?.checkVisibility()) opened.focus();
  return true;
}

/** Go to the next or the previous field of the form, as Enter does for clerks. */
function step(form, control, by) {
  const fields = [...form.querySelectorAll(FIELDS)].filter((one) => !one.readOnly && one.checkVisibility());
  const next = fields[fields.indexOf(control) + by];
  if (!next) return;
  next.focus();
  if (next.select) next.select();
}

function offersOf(control) {
  return [...(control.closest(".field")?.querySelectorAll(".offer") ?? [])];
}

/** Take the one offer under a field; of several the first gets the focus, and the arrows go on from there. */
function takeOffer(control) {
  const offers = offersOf(control);
  if (offers.length === 1) offers[0].click();
  else offers[0]?.focus();
  return offers.length > 0;
}

function fieldOf(offer) {
  return offer.closest(".field").querySelector(FIELDS);
}

/** Go from one offer to another, above the first or with Esc back to their field; tells whether the key was one of these. */
function walkOffers(offer, key) {
  const offers = offersOf(offer);
  const place = offers.indexOf(offer);
  if (key === "ArrowDown") offers[Math.min(place + 1, offers.length - 1)].focus();
  else if (key === "ArrowUp") (offers[place - 1] ?? fieldOf(offer)).focus();
  else if (key === "Escape") fieldOf(offer).focus();
  else return false;
  return true;
}

export function start() {
  document.addEventListener("click", (event) => {
    const offer = event.target.closest?.(".offer");
    if (offer) fieldOf(offer).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const control = event.target;
    const form = control.form;
    const keys = combination(event);
    const isEnter = event.key === "Enter" && !event.ctrlKey && !event.altKey;
    // Fields that belong to one act alone are outside of their form.
    const beside = control.matches?.("input") && control.closest("[data-act]");
    if (isEnter && beside) {
      event.preventDefault();
      beside.querySelector("button").click();
      return;
    }
    if (control.matches?.(FIELDS) && form?.classList.contains("form") && form.contains(control)) {
      if (isEnter) {
        event.preventDefault();
        step(form, control, event.shiftKey ? -1 : 1);
        return;
      }
      if (keys === "Alt+ArrowDown" && takeOffer(control)) {
        event.preventDefault();
        return;
      }
    }
    if (control.matches?.(".offer") && walkOffers(control, event.key)) {
      event.preventDefault();
      return;
    }
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (isLetter && (isTyping() || document.getElementById("draft-form") || !lettersAreOn())) return;
    if (press(keys, event.repeat)) event.preventDefault();
  });
}
