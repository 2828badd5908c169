// Files for a document: dropped where they are added, said to be too large before they are sent, and waited for.
// A page is not left without a question while some are chosen that have not been added.
let isLetGo = false;

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
  isLetGo = confirm(target.dataset.unadded);
  return !isLetGo;
}

/** Have the browser ask, in its own words, before what is chosen is gone. */
function onLeave(event) {
  if (isLetGo || !filled().length) return;
  event.preventDefault();
  event.returnValue = true; // older browsers look at this
  for (const word of document.querySelectorAll("[data-files] [role=status]")) word.hidden = true;
}

function onSubmit(event) {
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
  isLetGo = filled().every((field) => place.contains(field));
}

const letGo = () => { isLetGo = true; };
const holdOn = ({ target }) => { if (target.type === "file") isLetGo = false; };

export function start() {
  document.addEventListener("dragover", onDrag);
  document.addEventListener("drop", onDrop);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", holdOn);
  document.addEventListener("must-leave", letGo);
  addEventListener("beforeunload", onLeave);
}
