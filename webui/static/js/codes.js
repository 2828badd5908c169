// A code field: type the code, the initials of the pinyin, or a part of the name; pick from the list below.

let list = null;
let field = null;

function optionsFor(control) {
  const source = document.getElementById(`list-${control.dataset.codes}`);
  const typed = control.value.trim().toLowerCase();
  const all = [...(source?.options ?? [])];
  // Doors are chosen by the station, which knows old names and spellings.
  if (control.dataset.doors) return all;
  if (!typed || all.some((option) => option.value.toLowerCase() === typed)) return all;
  const matches = (option) =>
    option.value.toLowerCase().includes(typed) || option.dataset.other.includes(typed) || option.dataset.initials.toLowerCase().startsWith(typed);
  return all.filter(matches);
}

function close() {
  list?.remove();
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
  list = field = null;
}

function mark(index) {
  const items = [...list.children];
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
  const item = items[index];
  if (!item) return;
  item.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", item.id);
}

function open(control, chosen) {
  close();
  const found = optionsFor(control);
  if (!found.length) return;
  field = control;
  list = document.createElement("ul");
  list.className = "codes";
  list.id = "codes";
  list.setAttribute("role", "listbox");
  if (control.dataset.doors) list.setAttribute("translate", "no");
  list.setAttribute("aria-label", control.labels[0]?.textContent ?? control.name);
  found.forEach((option, i) => {
    const item = document.createElement("li");
    item.id = `code-${i}`;
    item.setAttribute("role", "option");
    item.textContent = option.label || option.value;
    item.dataset.value = option.value;
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(item); });
    list.append(item);
  });
  list.dataset.added = "yes";
  document.getElementById("main").append(list);
  const place = control.closest(".box").getBoundingClientRect();
  list.style.left = `${place.left + scrollX}px`;
  list.style.minWidth = `${place.width}px`;
  const below = innerHeight - place.bottom > list.offsetHeight + 70;
  list.style.top = `${(below ? place.bottom + 2 : Math.max(0, place.top - list.offsetHeight - 2)) + scrollY}px`;
  control.setAttribute("aria-expanded", "true");
  control.setAttribute("aria-controls", "codes");
  const current = found.findIndex((option) => option.value === control.value);
  mark(chosen ? Math.max(0, current) : -1);
}

function take(item) {
  const control = field;
  control.value = item.dataset.value;
  close();
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(by) {
  const items = [...list.children];
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  mark(Math.min(items.length - 1, Math.max(0, now + by)));
}

/** Show the list of a field as it is now, with nothing chosen: Enter goes on with what is typed. */
export function show(control) {
  open(control, false);
}

/** Close the list of a field, where it is open. */
export function hide(control) {
  if (field === control) close();
}

/** Turn the fields with a native list into ones with our own, which also knows initials. */
export function adopt() {
  for (const control of document.querySelectorAll("input[data-codes][list]")) {
    control.removeAttribute("list");
    control.dataset.own = "data-own list role aria-expanded aria-controls aria-autocomplete aria-activedescendant";
    control.setAttribute("role", "combobox");
    control.setAttribute("aria-autocomplete", "list");
    control.setAttribute("aria-expanded", "false");
  }
}

export function start() {
  adopt();
  document.addEventListener("fragments", () => {
    adopt();
    if (field && !field.isConnected) close();
  });
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.codes && !event.target.dataset.doors && !event.isComposing) open(event.target, event.target.value.trim() !== "");
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const control = event.target;
    if (!control.dataset?.codes) return;
    if (!list) {
      if (event.key === "ArrowDown" && !(event.altKey && control.closest(".field").querySelector(".offer"))) {
        open(control, true);
        event.preventDefault();
      }
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === "Tab") {
      const item = list.querySelector('[aria-selected="true"]');
      if (item) take(item);
      if (item && control.dataset.doors && event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        control.dispatchEvent(new Event("door-chosen", { bubbles: true }));
      }
    } else if (event.key === "Escape") {
      close();
      event.preventDefault();
    }
  }, { capture: true });
}
