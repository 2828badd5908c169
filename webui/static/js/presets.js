// Another kind of document is scanned as it was the last time; only what the chosen place for the paper has is offered.

const CHOICES = ["size", "colour", "dpi"];

export function start() {
  document.addEventListener("change", ({ target }) => {
    if (target.id === "scan-kind") {
      const preset = target.selectedOptions[0].dataset;
      for (const name of ["source", ...CHOICES]) choice(name).value = preset[name];
    }
    if (target.id === "scan-kind" || target.id === "scan-source") offer();
  });
  document.addEventListener("fragments", offer);
  offer();
}

const choice = (name) => document.getElementById(`scan-${name}`);

function offer() {
  const source = choice("source");
  if (source === null) return;
  for (const name of CHOICES) {
    const select = choice(name);
    for (const option of select.options) {
      option.disabled = option.hidden = !option.dataset.sources.split(" ").includes(source.value);
    }
    if (select.selectedOptions[0]?.disabled ?? true) select.value = nearest(select)?.value ?? "";
  }
}

function nearest(select) {
  const wanted = Number.parseInt(select.value, 10);
  const left = [...select.options].filter((option) => !option.disabled);
  if (Number.isNaN(wanted)) return left[0];
  const far = (option) => Math.abs(Number.parseInt(option.value, 10) - wanted);
  return left.reduce((best, option) => (best && far(best) <= far(option) ? best : option), undefined);
}
