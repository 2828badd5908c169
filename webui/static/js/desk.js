// The desk, live: the form fills by itself, saves by itself, and every act has a key.
import * as autosave from "./autosave.js";
import * as clock from "./clock.js";
import * as codes from "./codes.js";
import * as doors from "./doors.js";
import * as files from "./files.js";
import * as keys from "./keys.js";
import * as lock from "./lock.js";
import * as once from "./once.js";
import * as photo from "./photo.js";
import * as scanButton from "./scan_button.js";
import * as scanEnd from "./scan_end.js";
import * as scanTold from "./scan_told.js";
import * as sound from "./sound.js";
import * as switches from "./switches.js";
import { listen } from "./events.js";
import { refresh, refreshSoon } from "./fragments.js";

const live = () => document.getElementById("live");
let filled = live()?.dataset.sound;
// The field in which the clerk was last while a question is up.
let asked = "";

const isField = (element) => element?.matches("input, select, textarea");

/** Remember where one who works on beside a question is: the answer takes the cursor away, but not for good. */
function remember({ target }) {
  const question = document.getElementById("question");
  if (question && isField(target) && !question.contains(target)) asked = target.id;
}

/** Put the cursor where the next value is wanted, unless the clerk is typing already in a field that the card left alone. */
function settle({ draft, sound: before, scan }) {
  const now = live().dataset;
  if (now.sound !== before) sound.play(now.sound, before);
  if (now.draft && now.draft === draft) scanEnd.shown(now.scan, scan);
  const isNewForm = now.draft && now.draft !== draft;
  const isFilled = now.draft && ["read", "verified", "single"].includes(now.sound) && !["read", "verified", "single", "left"].includes(filled);
  filled = now.sound;
  const held = document.activeElement;
  const isInField = isField(held);
  const question = document.getElementById("question");
  if (question) {
    if (isInField) remember({ target: held });
    // The next key of one who types would press the answer.
    else if (!question.contains(held)) question.querySelector("button").focus();
    return;
  }
  if (asked && !isNewForm && !isInField) document.getElementById(asked)?.focus();
  asked = "";
  const isTyping = held?.form?.id === "draft-form" && held.name && held.nodeName !== "BUTTON" && !held.closest(".from-chip");
  if ((isNewForm || isFilled) && !isTyping) document.getElementById(now.first)?.focus();
}

const REMIND_AFTER_MS = 21000;
let reminder = 0;

/** A card that is left on the plate is spoken of, though nothing happens that would tell. */
function remind() {
  clearTimeout(reminder);
  if (["read", "verified", "single", "outside"].includes(live().dataset.sound)) reminder = setTimeout(refresh, REMIND_AFTER_MS);
}

/** Say how the reading goes in the words that the page has ready; says whether it has them. */
function say(state) {
  const says = document.getElementById(`${state}-says`);
  if (!says) return false;
  document.getElementById("card-sentence").replaceChildren(...[...says.children].map((part) => part.cloneNode(true)));
  const { sound: before } = live().dataset;
  if (state !== before) sound.play(state, before);
  live().dataset.sound = state;
  const panel = document.getElementById("card-panel");
  if (panel) panel.dataset.cardState = state;
  return true;
}

/** The second reading was equal, and nothing else is new in this draft: the page shows that before it is fetched anew. */
function showVerified() {
  const form = document.getElementById("draft-form");
  for (const field of form.querySelectorAll(".is-unverified")) field.classList.remove("is-unverified");
  for (const word of form.querySelectorAll(".verified-word")) word.textContent = form.dataset.verified;
  document.querySelector("#checks [data-code='READING-UNVERIFIED']")?.remove();
  const checks = document.getElementById("checks");
  if (checks && !checks.querySelector("li")) checks.remove();
  say("verified");
}

document.body.classList.add("live");
remind();
document.addEventListener("focusin", remember);
document.addEventListener("fragments", remind);
document.addEventListener("fragments", (event) => settle(event.detail));
codes.start();
doors.start();
files.start();
keys.start();
lock.start();
once.start();
photo.start();
scanEnd.start();
autosave.start();
clock.start();
switches.start();

listen((name, facts) => {
  scanEnd.told(name, facts);
  scanTold.told(name, facts);
  scanButton.told(name, facts);
  // A reading begins: fetching the page would only be in the way of what the reading brings.
  if (name === "desk" && facts.card === "reading" && say("reading")) return;
  const { live: names, draft, version } = live().dataset;
  if (name === "draft" && facts.draft === draft) {
    if (Number(facts.version) <= Number(version)) return;
    if (facts.verified && Number(facts.version) === Number(version) + 1) showVerified();
  }
  if (name === "resync" || names.split(" ").includes(name)) refreshSoon();
});
