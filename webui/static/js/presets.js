// Another kind of document is scanned as it was the last time: the other choices follow the kind.

const CHOICES = ["source", "size", "colour", "dpi"];

export function start() {
  document.addEventListener("change", (event) => {
    if (event.target.id !== "scan-kind") return;
    const preset = event.target.selectedOptions[0].dataset;
    for (const name of CHOICES) document.getElementById(`scan-${name}`).value = preset[name];
  });
}
