// Files for a document: dropped where they are added, said to be too large before they are sent, and waited for.
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
  return !confirm(target.dataset.unadded);
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
}

export function start() {
  document.addEventListener("dragover", onDrag);
  document.addEventListener("drop", onDrop);
  document.addEventListener("submit", onSubmit);
}
