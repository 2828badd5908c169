// Files for a document: dropped where they are added, said to be too large before they are sent, and waited for.
function formOf(event) {
  const place = event.target.closest?.("form[data-files], details, #add-files");
  return place?.matches("form[data-files]") ? place : place?.querySelector("form[data-files]");
}

function onDrag(event) {
  const form = formOf(event);
  if (!form || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

function onDrop(event) {
  const form = formOf(event);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  form.elements.files.files = event.dataTransfer.files;
  form.requestSubmit();
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-files]")) return;
  const bytes = [...form.elements.files.files].reduce((sum, file) => sum + file.size, 0);
  const isTooLarge = bytes > Number(form.dataset.files);
  form.querySelector("[role=alert]").hidden = !isTooLarge;
  if (isTooLarge) {
    event.preventDefault();
    return;
  }
  form.querySelector("[role=status]").hidden = false;
}

export function start() {
  document.addEventListener("dragover", onDrag);
  document.addEventListener("drop", onDrop);
  document.addEventListener("submit", onSubmit);
}
