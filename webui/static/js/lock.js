// A page that nobody uses locks: the server says when, the page asks, and its names leave the screen.
const AGAIN_MS = 5000;
let timer = 0;

async function look() {
  clearTimeout(timer);
  let wait_ms = AGAIN_MS;
  try {
    const answer = await fetch("/locked/left", { headers: { "Renhu-Refresh": "1" }, redirect: "manual", cache: "no-store" });
    const left_s = answer.ok ? Number(await answer.text()) : 0;
    if (left_s === 0) {
      document.dispatchEvent(new Event("must-leave"));
      location.replace(`/locked?back=${encodeURIComponent(location.pathname)}`);
      return;
    }
    wait_ms = left_s * 1000;
  } catch {
    wait_ms = AGAIN_MS;
  }
  timer = setTimeout(look, wait_ms);
}

export function start() {
  look();
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}
