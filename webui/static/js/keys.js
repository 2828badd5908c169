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

/** Press the button that carries this key, if there is one. */
function press(keys) {
  const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === keys && !one.closest("[hidden]"));
  if (!button) return false;
  const field = button.dataset.focus && document.getElementById(button.dataset.focus);
  if (field) field.focus();
  else button.click();
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

function takeOffer(control) {
  const offer = document.querySelector(`[data-offer="${CSS.escape(control.name)}"]`);
  if (offer) offer.click();
  return Boolean(offer);
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const control = event.target;
    const form = control.form;
    const keys = combination(event);
    if (control.matches?.(FIELDS) && form?.classList.contains("form")) {
      if (event.key === "Enter" && control.nodeName !== "BUTTON" && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        step(form, control, event.shiftKey ? -1 : 1);
        return;
      }
      if (keys === "Alt+ArrowDown" && takeOffer(control)) {
        event.preventDefault();
        return;
      }
    }
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (isLetter && (isTyping() || document.getElementById("draft-form") || !lettersAreOn())) return;
    if (press(keys)) event.preventDefault();
  });
}
