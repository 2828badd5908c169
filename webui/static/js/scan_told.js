// A scan that ends while its clerk looks at another page is told there, too: in words with the way to it, and heard.
import * as sound from "./sound.js";
import { ask } from "./request.js";

const TOLD = ["done", "failed", "interrupted"];

/** Ask how a scan has ended that this page is not about; the station answers only the session that wished for it. */
export async function told(name, facts) {
  const place = document.getElementById("scan-ended");
  const owner = document.getElementById("live")?.dataset.owner;
  const isElsewhere = owner === undefined || ![facts.draft, facts.record].includes(owner);
  if (!place || name !== "documents" || !TOLD.includes(facts.ended) || !isElsewhere) return;
  if (document.visibilityState !== "visible") return;
  const answer = await ask("GET", `/scans/${facts.job}`).catch(() => null);
  const said = answer?.status === 200 && answer.document?.getElementById("scan-ended");
  if (!said) return;
  place.replaceChildren(...said.children);
  sound.playScan(`${facts.ended} ${facts.job}`);
}
