// The live view: it is asked for while somebody looks, says what would speak against a photo, and counts down to one.
import * as sound from "./sound.js";

const GLANCE_MS = 500;
const RETRY_MS = 1000;
let counting = 0;
let countsFor = null;
let watched = null;
let isSeen = false;
// What the button was pressed for, and the photo that was the newest then, until the page shows what came of it.
let taking = null;
const observer = new IntersectionObserver((entries) => {
  isSeen = entries.at(-1).isIntersecting;
  follow();
});

const view = () => document.getElementById("live-view");

const newest = () => document.getElementById("photo-panel")?.dataset.newest ?? "";

function isLookedAt() {
  return isSeen && document.visibilityState === "visible";
}

/** Ask for the frames while somebody looks, and let go of them when nobody does. */
function follow() {
  const picture = view()?.querySelector("img");
  if (!picture) return;
  picture.dataset.own = "data-own data-from src";
  picture.dataset.from ??= picture.getAttribute("src");
  const isOn = picture.hasAttribute("src");
  if (isLookedAt() && !isOn) picture.src = picture.dataset.from;
  if (!isLookedAt() && isOn) picture.removeAttribute("src");
}

/** A line that broke is taken up again; the address differs, or the browser would not ask. */
function retry({ target }) {
  if (target !== view()?.querySelector("img") || !target.hasAttribute("src")) return;
  setTimeout(() => {
    if (isLookedAt()) target.src = `${target.dataset.from}?n=${Date.now()}`;
  }, RETRY_MS);
}

/** Keep watching whether the picture is on the screen: a fresh page brings another one. */
function watch() {
  const now = view();
  if (now === watched) return;
  observer.disconnect();
  watched = now;
  isSeen = false;
  if (now) observer.observe(now);
}

function place(shape, [left, top, width, height]) {
  for (const [name, value] of Object.entries({ x: left, y: top, width, height })) shape.setAttribute(name, value);
}

function say(words, tone) {
  const says = document.getElementById("live-says");
  if (!says) return;
  says.className = `live-says ${tone}`;
  if (says.textContent !== words) says.textContent = words;
}

/** Show what was found in a frame: the part that would become the photo, and what would speak against that. */
function show({ size, frame, flaws = [], trouble }) {
  const found = view()?.querySelector(".live-found");
  if (!found) return;
  const isGood = size && !flaws.length;
  if (trouble) say(`! ${trouble}`, "warning");
  else if (taking) say(`… ${view().dataset.taking}`, "quiet");
  else if (size) say(isGood ? `✓ ${view().dataset.good}` : `✗ ${flaws.join(" · ")}`, isGood ? "good-word" : "problem");
  else say("", "");
  found.classList.toggle("is-good", isGood);
  found.toggleAttribute("hidden", !frame);
  view().querySelector(".live-guide").classList.toggle("is-covered", Boolean(frame));
  if (!frame) return;
  found.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  place(found.firstElementChild, frame);
}

/** Look at what the camera sees, again and again while somebody else does too. */
async function glance() {
  try {
    if (view() && isLookedAt()) {
      const answer = await fetch(view().dataset.glance, { headers: { "Renhu-Refresh": "1" } });
      if (answer.status === 200 && !answer.redirected) show(await answer.json());
      else show({});
    }
  } catch {
    // The line is down: the page says so, and the next look tells when it is back.
  }
  setTimeout(glance, GLANCE_MS);
}

const takeButton = () => document.getElementById("take-photo");

/** Show how long it is; nothing at 0. */
function showCount(left) {
  const big = view()?.querySelector(".live-count");
  if (!big) return;
  if (left) big.textContent = left;
  big.toggleAttribute("hidden", !left);
}

function stopCounting() {
  clearTimeout(counting);
  counting = 0;
  showCount(0);
}

function countTo(left) {
  stopCounting();
  showCount(left);
  if (left) counting = setTimeout(() => countTo(left - 1), 1000);
  else if (owner() === countsFor) takeButton().click();
}

/** Whose photo the button takes: another form is another person. */
const owner = () => takeButton()?.getAttribute("formaction");

/** Begin to count where the person is seen, or call it off. */
function count(button) {
  if (counting) return stopCounting();
  if (taking) return;
  const again = button.closest("details");
  if (again && !again.open) again.querySelector("summary").click();
  countsFor = owner();
  countTo(Number(button.dataset.count));
}

/** Tell what came of the press to those who hear the page, and those who look at the person. */
function tell(isRefused) {
  const panel = document.getElementById("photo-panel");
  const verdict = panel?.querySelector("#photo-verdict, #photo-used");
  const words = document.createElement("span");
  words.dataset.added = "yes";
  words.textContent = isRefused ? "" : verdict?.textContent.trim() ?? "";
  document.getElementById("photo-told")?.replaceChildren(words);
  sound.playPhoto(panel?.dataset.state === "used" && !isRefused);
}

/** See what came of the press: what the camera sees is no longer shown beside a photo that counts. */
function seeWhatCame() {
  const isRefused = Boolean(document.querySelector("#photo-panel #sentence"));
  const isSame = owner() === taking.owner;
  // One that was refused goes before the next one is made: then there is none for a moment.
  if (isSame && ["", taking.newest].includes(newest()) && !isRefused) return;
  const { isHeld } = taking;
  taking = null;
  if (!isSame) return;
  tell(isRefused);
  const again = document.getElementById("photo-again");
  if (again?.open && !isRefused) again.querySelector("summary").click();
  // Whoever has to press once more sees what comes of it, and is where the keys were.
  takeButton()?.scrollIntoView({ block: "nearest" });
  if (isHeld) nextPress()?.focus();
}

/** What the next press would be: the button that takes a photo, or what opens the place where it is. */
function nextPress() {
  const again = document.getElementById("photo-again");
  return again?.open === false ? again.querySelector("summary") : takeButton();
}

let isDeciding = false;

/** The keys were at a photo that waited for a decision, and it has gone: they go where the next photo is taken. */
function keepKeys() {
  if (!isDeciding || document.getElementById("photo-waiting") || document.activeElement !== document.body) return;
  isDeciding = false;
  nextPress()?.focus();
}

export function start() {
  // The keys of the page come later: Esc calls the countdown off, and does nothing else then.
  document.addEventListener("keydown", (event) => {
    if (!counting || event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    stopCounting();
  }, true);
  // One press is one photo, however often it is pressed until that is there.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#take-photo")) return;
    stopCounting();
    if (taking) return event.preventDefault();
    document.getElementById("photo-said")?.replaceChildren();
    taking = { owner: owner(), newest: newest(), isHeld: document.activeElement?.id === "take-photo" };
    show({});
  });
  document.addEventListener("acted", ({ detail }) => {
    if (detail.id === "take-photo") taking = null;
  });
  document.addEventListener("fragments", () => {
    if (counting && owner() !== countsFor) stopCounting();
    if (taking) seeWhatCame();
    keepKeys();
  });
  document.addEventListener("focusin", ({ target }) => { isDeciding = Boolean(target.closest?.("#photo-waiting")); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-count]");
    if (!button) return;
    event.preventDefault();
    count(button);
  });
  document.addEventListener("toggle", (event) => {
    const again = event.target;
    if (again.id !== "photo-again") return;
    const summary = again.querySelector("summary");
    summary.dataset.own = "data-own data-key";
    if (again.open) summary.removeAttribute("data-key");
    else summary.dataset.key = "F4";
    if (again.open) view()?.scrollIntoView({ block: "nearest" });
  }, true);
  document.addEventListener("error", retry, true);
  document.addEventListener("visibilitychange", follow);
  document.addEventListener("fragments", watch);
  addEventListener("pagehide", stopCounting);
  watch();
  glance();
}
