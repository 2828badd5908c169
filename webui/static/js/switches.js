// Small switches kept in this browser: sound, single-key shortcuts; and names that show while Alt is held.

function show(button) {
  const isOff = localStorage.getItem(button.dataset.switch) === "off";
  button.textContent = isOff ? button.dataset.off : button.dataset.on;
  button.setAttribute("aria-pressed", String(!isOff));
  button.hidden = false;
  button.dataset.own = "data-own aria-pressed hidden";
}

function adopt() {
  document.querySelectorAll("[data-switch]").forEach(show);
}

/** Show or mask the names of the lists; never shown while a card lies on the reader. */
function unmask(isShown) {
  for (const list of document.querySelectorAll(".names")) {
    const may = isShown && list.dataset.lying === "no";
    for (const name of list.querySelectorAll(".masked")) name.hidden = may;
    for (const name of list.querySelectorAll(".unmasked")) name.hidden = !may;
  }
}

export function start() {
  adopt();
  document.addEventListener("fragments", () => { adopt(); unmask(false); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-switch]");
    if (!button) return;
    const name = button.dataset.switch;
    localStorage.setItem(name, localStorage.getItem(name) === "off" ? "on" : "off");
    show(button);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Alt") unmask(true); });
  document.addEventListener("keyup", (event) => { if (event.key === "Alt") unmask(false); });
  addEventListener("blur", () => unmask(false));
}
