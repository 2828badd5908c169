// The second click of a double click presses nothing: what lies under the pointer may be another button by then.

export function start() {
  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("button")?.form;
    if (event.detail > 1 && form?.matches("[data-once], #draft-form")) event.preventDefault();
  });
}
