// A scan that ends while its clerk looks at another page is told there, too: in words with the way to it, and heard.
// Where nobody looks at any page, it is told on the first that is looked at then.  It stays until the clerk has read it,
// or the next scan goes well.
import * as scanEnd from "./scan_end.js";
import * as sound from "./sound.js";
import { ask } from "./request.js";

let untold = null;

/** Ask how a scan has ended that this page is not about; the station answers only the session that wished for it. */
export async function told(name, facts) {
  const place = document.getElementById("scan-ended");
  const owner = document.getElementById("live")?.dataset.owner;
  if (!place || name !== "documents" || !sound.ENDS.includes(facts.ended)) return;
  if (owner !== undefined && [facts.draft, facts.record].includes(owner)) {
    if (facts.ended === "done") forget();
    return;
  }
  const answer = await ask("GET", `/scans/${facts.job}`).catch(() => null);
  const said = answer?.status === 200 && answer.document?.getElementById("scan-ended");
  if (!said) return;
  untold = { job: facts.job, says: [...said.children] };
  sound.playScan(`${facts.ended} ${facts.job}`);
  if (document.visibilityState === "visible") show();
  else scanEnd.mark(facts.ended);
}

/** Say no more how another scan has ended: this page shows its own. */
function forget() {
  untold = null;
  document.getElementById("scan-ended")?.replaceChildren();
}

/** Show what has not been told on another page meanwhile. */
function show() {
  if (untold === null || document.visibilityState !== "visible") return;
  const { job, says } = untold;
  untold = null;
  if (localStorage.getItem("scan-told") === job) return;
  localStorage.setItem("scan-told", job);
  document.getElementById("scan-ended")?.replaceChildren(...says);
}

document.addEventListener("visibilitychange", show);
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-told]")) forget();
});
