// Files for a document: dropped where they are added, said to be too large before they are sent, and waited for.
// A page is not left without a question while some are chosen that have not been added.

// The event that lets the page go without a question: a submit, unless another script keeps it, or a word that the page
// leaves.  Once only, for the page may stay after all: the next leaving spends it.
let release = null;
// Whether the clerk has said at the latest submit that what is chosen may be left behind.
let isAgreed = false;

/** The fields in which files are chosen. */
const filled = () => [...document.querySelectorAll("input[type=file]")].filter((field) => field.files.length);

function placeOf(event) {
  const place = event.target.closest?.("[data-files], details, #add-files");
  return place?.matches("[data-files]") ? place : place?.querySelector("[data-files]");
}

function onDrag(event) {
  if (!placeOf(event) || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

function onDrop(event) {
  const place = placeOf(event);
  if (!place || !event.dataTransfer.files.length) return;
  event.preventDefault();
  place.querySelector("[type=file]").files = event.dataTransfer.files;
  place.querySelector("button").click();
}

/** Whether the clerk rather stays: files were chosen that have not been added, and would be gone without a word. */
function isToStay({ target, submitter }) {
  if (!submitter?.hasAttribute("data-leaves") || ![...target.elements].some((control) => control.files?.length)) return false;
  isAgreed = confirm(target.dataset.unadded);
  return !isAgreed;
}

/** Have the browser ask, in its own words, before what is chosen is gone. */
function onLeave(event) {
  const isLetGo = release && !release.defaultPrevented;
  release = null;
  if (isLetGo || !filled().length) return;
  event.preventDefault();
  event.returnValue = true; // older browsers look at this
  for (const word of document.querySelectorAll("[data-files] [role=status]")) word.hidden = true;
}

function onSubmit(event) {
  holdOn();
  if (isToStay(event)) {
    event.preventDefault();
    return;
  }
  const place = event.submitter?.closest("[data-files]");
  if (!place) return;
  // The browser sends what was chosen elsewhere in the form, too.
  const chosen = [...event.target.elements].flatMap((control) => [...(control.files ?? [])]);
  const isTooLarge = chosen.reduce((sum, file) => sum + file.size, 0) > Number(place.dataset.files);
  place.querySelector("[role=alert]").hidden = !isTooLarge;
  if (isTooLarge) {
    event.preventDefault();
    return;
  }
  place.querySelector("[role=status]").hidden = false;
  if (filled().every((field) => place.contains(field))) letGo(event);
}

function letGo(event) {
  release = event;
}

function holdOn() {
  release = null;
  isAgreed = false;
}

export function start() {
  document.addEventListener("dragover", onDrag);
  document.addEventListener("drop", onDrop);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", ({ target }) => target.type === "file" && holdOn());
  document.addEventListener("must-leave", letGo);
  document.addEventListener("act-leaves", (event) => isAgreed && letGo(event));
  addEventListener("beforeunload", onLeave);
}
