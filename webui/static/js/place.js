// An act on this page leads back to it: what was pressed stays under the hand, though the page is opened anew.

const KEY = "place";
const live = () => document.getElementById("live");

/** The parts of the page that a button stands in, from the inside outwards, each with its place in the window. */
function around(pressed) {
  const parts = [];
  for (let part = pressed.closest("[id]"); part; part = part.parentElement?.closest("[id]")) {
    parts.push([part.id, part.getBoundingClientRect().top]);
  }
  return parts;
}

/** The key of the scan that is told here, whatever its state. */
const scan = () => live().dataset.scan.split(" ")[1] ?? "";

function keep(event) {
  if (event.defaultPrevented) return;
  const parts = around(event.submitter ?? event.target);
  sessionStorage.setItem(KEY, JSON.stringify({ here: live().dataset.here, scan: scan(), parts }));
}

/** Move the window so that the innermost part that is still there stands where it stood. */
function restore({ parts, scan: before }) {
  const [id, top] = parts.find(([one]) => document.getElementById(one)) ?? [];
  if (!id) return;
  scrollBy({ top: document.getElementById(id).getBoundingClientRect().top - top, behavior: "instant" });
  // A scan that has just begun is seen, and can be called off.
  if (scan() !== before) document.getElementById("scan-job")?.scrollIntoView({ block: "nearest", behavior: "instant" });
}

export function start() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  // Where an act was refused, the sentence that says so stands at the top.
  if (kept?.here === live().dataset.here && !document.getElementById("said").hasChildNodes()) {
    restore(kept);
    addEventListener("load", () => restore(kept), { once: true }); // until then the browser goes to the address's anchor
  }
  document.addEventListener("submit", keep);
}
