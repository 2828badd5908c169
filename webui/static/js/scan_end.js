// The end of a scan is heard, and marks the tab's title while the clerk looks at something else.
import * as sound from "./sound.js";

const MARKS = { asked: "! ", done: "✓ ", failed: "✗ ", interrupted: "✗ " };
let heard = "";
let title = null;

/** Mark the tab with how a scan has ended, or that something is asked. */
export function mark(state) {
  if (!MARKS[state] || localStorage.getItem("mark") === "off") return;
  title ??= document.title;
  document.title = MARKS[state] + title;
}

/** The page shows another scan, or another state of one: "STATE JOB". */
export function shown(now, before) {
  if (now === before || now === heard) return;
  sound.playScan(now);
}

/** The server tells of an end that this page is about; a hidden page does not look by itself. */
export function told(name, facts) {
  const owner = document.getElementById("live")?.dataset.owner;
  const isOurs = owner && [facts.draft, facts.record].includes(owner);
  if (name !== "documents" || !facts.ended || !isOurs || document.visibilityState === "visible") return;
  heard = `${facts.ended} ${facts.job}`;
  sound.playScan(heard);
  mark(facts.ended);
}

export function start() {
  document.addEventListener("visibilitychange", () => {
    if (title === null || document.visibilityState !== "visible") return;
    document.title = title;
    title = null;
  });
}
