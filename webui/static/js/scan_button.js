// The scanner's own button was pressed: the page that shows the form on the desk answers; any other says that nothing was scanned.
import * as sound from "./sound.js";
import { ask, notice } from "./request.js";
import { handle, overtake, refreshSoon } from "./fragments.js";
import { mark } from "./scan_end.js";

/** Scan, and show it here: this page has the form before the clerk's eyes. */
async function take(draft) {
  const from = document.getElementById("draft-form") ? "desk" : "page";
  const csrf = document.querySelector("input[name=csrf]").value;
  overtake();
  try {
    handle(await ask("POST", `/documents/draft/${draft}/button?from=${from}`, [["csrf", csrf]]));
  } catch {
    notice(document.body.dataset.offline);
  }
}

export function told(name, facts) {
  if (name !== "scan-button") return;
  const hasForm = document.getElementById("live")?.dataset.owner === facts.draft;
  if (document.visibilityState === "visible" && hasForm) {
    take(facts.draft);
  } else if (document.visibilityState === "visible") {
    notice(document.body.dataset.button);
    sound.play("refused");
  } else if (hasForm) {
    mark("asked");
    sound.play("left");
    refreshSoon();
  }
}
