// Frame a photo: drag it, or move it with the arrows; the numbers beside it stay what counts.
import "./pages.js";

const STEP = 0.02;
const GROWTH = 1.04;
const MOVES = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1], larger: [0, 0, GROWTH], smaller: [0, 0, 1 / GROWTH] };
const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "larger", "=": "larger", "-": "smaller" };
const SPACE = "http://www.w3.org/2000/svg";
const svg = document.querySelector("#frame-picture > svg");
const frame = svg.querySelector(".frame");
const fields = ["left", "top", "width"].map((name) => document.getElementById(name));
const ratio = Number(svg.dataset.ratio);
const [pictureWidth, pictureHeight] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
const least = Number(fields[2].min);
const handle = document.createElementNS(SPACE, "rect");
handle.classList.add("handle");
svg.append(handle);
let held = null;

const box = () => fields.map((field) => Number(field.value) || 0);

/** The nearest frame that lies within the picture. */
function within([left, top, width]) {
  const most = Math.min(pictureWidth, pictureHeight / ratio);
  const wide = Math.min(Math.max(width, Math.min(least, most)), most);
  const clamp = (value, end) => Math.min(Math.max(value, 0), Math.max(0, end));
  return [clamp(left, pictureWidth - wide), clamp(top, pictureHeight - wide * ratio), wide];
}

function draw() {
  const [left, top, width] = box();
  for (const [name, value] of Object.entries({ x: left, y: top, width, height: width * ratio })) frame.setAttribute(name, Math.max(0, value));
  const size = 16 / svg.getScreenCTM().a;
  for (const [name, value] of Object.entries({ x: left + width - size / 2, y: top + width * ratio - size / 2, width: size, height: size })) handle.setAttribute(name, value);
}

function show(now) {
  within(now).forEach((value, at) => {
    fields[at].value = Math.round(value);
  });
  draw();
}

/** Move the frame by one step, or make it larger or smaller about its middle. */
function nudge(name) {
  const [across, down, growth = 1] = MOVES[name];
  const [left, top, width] = box();
  const grown = width * growth;
  const by = Math.max(1, width * STEP);
  show([left + across * by + (width - grown) / 2, top + down * by + ((width - grown) * ratio) / 2, grown]);
}

/** Where in the picture a pointer is. */
function place(event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [x, y];
}

svg.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !(event.target === handle || event.target.closest(".frame"))) return;
  event.preventDefault();
  svg.parentElement.focus();
  held = { from: place(event), box: box(), isCorner: event.target === handle };
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [x, y] = place(event);
  const [left, top, width] = held.box;
  if (held.isCorner) show([left, top, width + Math.max(x - held.from[0], (y - held.from[1]) / ratio)]);
  else show([left + x - held.from[0], top + y - held.from[1], width]);
});
for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (held = null));
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  nudge(event.deltaY < 0 ? "smaller" : "larger");
}, { passive: false });
document.addEventListener("keydown", (event) => {
  const name = KEYS[event.key];
  if (!name || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.target.matches("input")) return;
  event.preventDefault();
  nudge(name);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-step]");
  if (!button) return;
  event.preventDefault();
  nudge(button.dataset.step);
});
const form = document.getElementById("frame-form");
form.addEventListener("input", draw);
form.addEventListener("change", () => show(box()));
form.querySelector("[value=make]").addEventListener("click", () => show(box()));
addEventListener("resize", draw);
draw();
svg.parentElement.focus();
