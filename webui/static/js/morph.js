// Make a part of the page like a fresh one from the server, moving nodes and touching only what differs.
// Focus, caret, an input method's composition and what is typed but not yet saved stay as they are.

const CONTROLS = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/** What was last sent of each field: until the clerk types on, the field follows the server again. */
export const sent = new Map();

/** What is on its way to the server right now: it will know that, whatever the page still shows. */
export const onItsWay = new Map();

/** Of what is on its way the fields of which the server has just answered: its page follows for them. */
export const answered = new Set();

function isChoice(control) {
  return control.type === "checkbox" || control.type === "radio";
}

/** What a control holds now, as it would be sent. */
export function valueOf(control) {
  return isChoice(control) ? (control.checked ? control.value : "") : control.value;
}

/** What the server had put into a control. */
export function servedOf(control) {
  if (isChoice(control)) return control.defaultChecked ? control.value : "";
  if (control.nodeName === "SELECT") {
    return [...control.options].find((option) => option.defaultSelected)?.value ?? "";
  }
  return control.defaultValue;
}

/** Whether the clerk has put something into a control that the server does not know, or will soon know no more. */
export function isTyped(control) {
  const value = valueOf(control);
  if (onItsWay.has(control.name)) return value !== onItsWay.get(control.name);
  return value !== servedOf(control) && value !== sent.get(control.name);
}

/** Show in a control what the server holds; the same text typed once more is then news again. */
export function follow(control) {
  const served = servedOf(control);
  if (valueOf(control) === served) return;
  sent.delete(control.name);
  if (isChoice(control)) control.checked = control.defaultChecked;
  else control.value = served;
}

/** Attributes that a script of ours has put on a node; the server does not know them. */
function own(node) {
  return node.dataset.own?.split(" ") ?? [];
}

function syncAttributes(from, to) {
  const kept = own(from);
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !kept.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (!kept.includes(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function syncControl(from, to) {
  const isUnderTheCaret = from === document.activeElement && valueOf(from) !== servedOf(from);
  const isUnknown = onItsWay.has(from.name) && !answered.has(from.name);
  const keep = from.type !== "hidden" && (isTyped(from) || isUnderTheCaret || isUnknown);
  const held = valueOf(from);
  syncAttributes(from, to);
  if (from.nodeName === "SELECT" && !from.isEqualNode(to)) syncChildren(from, to);
  if (from.nodeName === "TEXTAREA" && from.defaultValue !== to.defaultValue) from.defaultValue = to.defaultValue;
  if (!keep) follow(from);
  else if (valueOf(from) !== held) isChoice(from) ? (from.checked = held !== "") : (from.value = held);
}

/** Whether two nodes stand for the same thing.  Attributes, not properties: a form's own are hidden by its fields'. */
function fits(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return false;
  if (from.nodeType !== Node.ELEMENT_NODE) return true;
  return ["id", "name"].every((name) => from.getAttribute(name) === to.getAttribute(name));
}

/** The next node that stands for `wanted`; one without an id is not looked for beyond one that has an id. */
function find(next, wanted) {
  if (wanted.nodeType !== Node.ELEMENT_NODE) return next && fits(next, wanted) ? next : null;
  for (let node = next; node; node = node.nextSibling) {
    if (fits(node, wanted)) return node;
    if (!wanted.hasAttribute("id") && node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("id")) return null;
  }
  return null;
}

/** Take away a node that the fresh page no longer has; one that a script of ours has added stays. */
function drop(node) {
  if (!node.dataset?.added) node.remove();
}

function syncChildren(from, to) {
  let next = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const match = find(next, wanted);
    if (!match) {
      from.insertBefore(document.adoptNode(wanted), next);
      continue;
    }
    while (next !== match) {
      const passed = next;
      next = next.nextSibling;
      drop(passed);
    }
    next = match.nextSibling;
    morph(match, wanted);
  }
  while (next) {
    const passed = next;
    next = next.nextSibling;
    drop(passed);
  }
}

/** Make `from`, a node of this page, like `to`, a node of a fresh one. */
export function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (CONTROLS.has(from.nodeName)) return syncControl(from, to);
  const open = from.nodeName === "DETAILS" && from.dataset.touched ? from.open : null;
  syncAttributes(from, to);
  if (open !== null) {
    from.open = open;
    from.dataset.touched = "yes";
  }
  syncChildren(from, to);
}
