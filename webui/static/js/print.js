// Pages that are made to be printed offer it; without JavaScript the browser's own command does the same.

export function start() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
