// Keep what is typed into a form that is saved on purpose only: a moment after the last key, and when the page is left.
import { notice } from "./request.js";

const PAUSE_MS = 350;
const AGAIN_MS = 2000;
let timer = 0;
let isDirty = false;
let running = null;

const form = () => document.querySelector("form[data-keep]");

/** Send what stands in the form; says whether it was kept.  What was not is sent again by itself. */
async function send() {
  isDirty = false;
  try {
    const body = new URLSearchParams([...new FormData(form())]);
    const answer = await fetch(form().dataset.keep, { method: "POST", body, keepalive: true, redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error("not kept");
    document.querySelector("#kept [hidden]")?.removeAttribute("hidden");
    notice("");
    return true;
  } catch {
    isDirty = true;
    notice(form().dataset.failed);
    timer = setTimeout(keep, AGAIN_MS);
    return false;
  }
}

async function keep() {
  clearTimeout(timer);
  if (running) await running;
  if (!isDirty) return true;
  running = send();
  const isKept = await running;
  running = null;
  return isKept;
}

function later(event) {
  if (event.target.form !== form()) return;
  isDirty = true;
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(keep, PAUSE_MS);
}

/** What is typed is kept before any button acts, so that nothing is lost where the station does not answer. */
async function sendAfter(event) {
  if (event.target !== form() || (!isDirty && !running)) return;
  event.preventDefault();
  if (await keep()) form().requestSubmit(event.submitter);
}

export function start() {
  if (!form()) return;
  document.addEventListener("submit", sendAfter);
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  document.addEventListener("compositionend", later);
  addEventListener("pagehide", () => { if (isDirty) send(); });
}
