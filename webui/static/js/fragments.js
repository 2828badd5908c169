// Swap the live parts of the page for fresh ones.
import { ask, notice, sentenceOf, takeBack } from "./request.js";
import { morph, sent } from "./morph.js";

const SAID = ["said", "photo-said"];
const PARTS = ["first-act", "bar-pages", "devices-dots", "own-name", "session-acts", "main", "acts"];
let latest = 0;
let isStale = false;

// A page that answers a form stands at the form's address; from there it could neither be fetched anew nor reloaded.
const here = document.getElementById("live")?.dataset.here;
if (here && here !== location.pathname) history.replaceState(null, "", here);

/** What was said to the clerk's last act stays until the next one; a page that is fetched anew does not know of it. */
export function keepSaid(fresh) {
  const [from, to] = [document, fresh].map((page) => page?.getElementById("live")?.dataset.owner);
  if (from !== to) return;
  for (const id of SAID) {
    const place = fresh?.getElementById(id);
    if (!place || place.hasChildNodes()) continue;
    const said = document.getElementById(id)?.childNodes ?? [];
    place.append(...[...said].map((node) => node.cloneNode(true)));
  }
}

/** Take over the live parts of a fresh page; a page of another kind is opened as a whole. */
export function takeOver(fresh) {
  const from = document.getElementById("live");
  const to = fresh.getElementById("live");
  if (!from || !to) return false;
  const before = { draft: from.dataset.draft, sound: from.dataset.sound, scan: from.dataset.scan };
  document.body.className = fresh.body.className + " live";
  // Another form is another person: nothing typed into the one may stay in the other.
  const isSameForm = from.dataset.draft === to.dataset.draft;
  if (!isSameForm) sent.clear();
  for (const id of PARTS) {
    const old = document.getElementById(id);
    const replacement = fresh.getElementById(id);
    if (old && replacement && isSameForm) morph(old, replacement);
    else if (old && replacement) old.replaceWith(document.adoptNode(replacement));
    else if (old) old.remove();
    else if (replacement) document.body.append(document.adoptNode(replacement));
  }
  document.dispatchEvent(new CustomEvent("fragments", { detail: before }));
  return true;
}

/** Whether an answer opens another page than this one. */
export function isElsewhere({ status, url }) {
  return status < 400 && new URL(url).pathname !== location.pathname;
}

/** Handle an answer: take its parts over, say why it went wrong, or sign in again.  What was said before an act goes with
    it; a page that is only fetched anew leaves it, for nobody may have read it yet. */
export function handle(answer, isAct = true) {
  if (answer.status === 401) {
    document.dispatchEvent(new Event("must-leave"));
    location.assign(answer.document?.getElementById("sign-in-again")?.href ?? "/sign-in");
    return false;
  }
  if (answer.status >= 400 && !answer.document?.getElementById("live")) {
    notice(sentenceOf(answer));
    return false;
  }
  isAct ? notice("") : takeBack(document.body.dataset.offline);
  if (isElsewhere(answer) || !takeOver(answer.document)) {
    location.assign(answer.url);
    return false;
  }
  return answer.status < 400;
}

// A click is a press and a release at one place: a page that moves in between would swallow it.
const PRESSED_MS = 5000;
let press = null;

addEventListener("pointerdown", () => {
  const mine = {};
  mine.isOver = new Promise((resolve) => { mine.end = resolve; });
  press = mine;
  setTimeout(() => mine.end(), PRESSED_MS);
}, true);
for (const name of ["pointerup", "pointercancel", "blur"]) {
  addEventListener(name, () => setTimeout(() => press?.end()));
}

/** Wait until no button of the mouse is held down, or for a moment. */
export async function whileNothingIsPressed() {
  await press?.isOver;
}

/** Fetch this page anew; of several at once only the newest counts. */
export async function refresh() {
  if (document.visibilityState === "hidden") {
    isStale = true;
    return;
  }
  isStale = false;
  const mine = ++latest;
  try {
    const answer = await ask("GET", location.href.split("#")[0]);
    await whileNothingIsPressed();
    if (mine !== latest) return;
    keepSaid(answer.document);
    handle(answer, false);
  } catch {
    notice(document.body.dataset.offline);
  }
}

let isDue = false;

/** Fetch this page anew once for all events that arrive together. */
export function refreshSoon() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    refresh();
  }, 2);
}

/** What was asked for before is out of date: an act of the clerk has a newer answer. */
export function overtake() {
  latest += 1;
}

// What the clerk has opened or closed stays so, whatever the fresh page says.
document.addEventListener("click", (event) => {
  const section = event.target.closest?.("summary")?.parentElement;
  if (section) section.dataset.touched = "yes";
});

document.addEventListener("visibilitychange", () => {
  if (isStale && document.visibilityState === "visible") refresh();
});
