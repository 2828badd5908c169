// Put a page right: drag the frame, its corners or its sides; the numbers beside it stay what counts.
import "./pages.js";

const NAMES = ["left_mm", "top_mm", "width_mm", "height_mm", "turn_deg"];
const LEAST_MM = 5;
const SPACE = "http://www.w3.org/2000/svg";
const svg = document.querySelector("#crop svg");
const frame = svg.querySelector(".frame");
const fields = NAMES.map((name) => document.getElementById(name));
// Which side each handle moves: across, down.
const HANDLES = [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1], [1, 0], [0, 1], [-1, 0]];
const handles = HANDLES.map((sides) => {
  const handle = document.createElementNS(SPACE, "rect");
  handle.classList.add("handle");
  handle.dataset.sides = sides.join(" ");
  frame.append(handle);
  return handle;
});
let held = null;

function box() {
  const [left, top, width, height, turn] = fields.map((field) => Number(field.value) || 0);
  return { left, top, width, height, turn };
}

/** Show the frame that the numbers say. */
function draw() {
  const { left, top, width, height, turn } = box();
  const middle = [left + width / 2, top + height / 2];
  frame.setAttribute("transform", `rotate(${turn} ${middle.join(" ")})`);
  for (const line of frame.querySelectorAll(".frame-under, .frame-line")) {
    for (const [name, value] of Object.entries({ x: left, y: top, width: Math.max(0, width), height: Math.max(0, height) })) {
      line.setAttribute(name, value);
    }
  }
  const size = 14 / svg.getScreenCTM().a;
  handles.forEach((handle, at) => {
    const [across, down] = HANDLES[at];
    handle.setAttribute("x", middle[0] + (across * width) / 2 - size / 2);
    handle.setAttribute("y", middle[1] + (down * height) / 2 - size / 2);
    handle.setAttribute("width", size);
    handle.setAttribute("height", size);
  });
}

/** Where on the page a pointer is, in millimetres. */
function place(event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [x, y];
}

/** The frame after its handle or the whole of it was moved so far, with the other side staying where it is. */
function moved({ left, top, width, height, turn }, [x, y], [across, down]) {
  if (!across && !down) return { left: left + x, top: top + y, width, height, turn };
  const angle = (turn * Math.PI) / 180;
  const along = x * Math.cos(angle) + y * Math.sin(angle);
  const over = y * Math.cos(angle) - x * Math.sin(angle);
  const wide = across ? Math.max(LEAST_MM, width + across * along) : width;
  const high = down ? Math.max(LEAST_MM, height + down * over) : height;
  const [right, below] = [(across * (wide - width)) / 2, (down * (high - height)) / 2];
  const middle = [
    left + width / 2 + right * Math.cos(angle) - below * Math.sin(angle),
    top + height / 2 + right * Math.sin(angle) + below * Math.cos(angle),
  ];
  return { left: middle[0] - wide / 2, top: middle[1] - high / 2, width: wide, height: high, turn };
}

function show(now) {
  [now.left, now.top, now.width, now.height, now.turn].forEach((value, at) => {
    fields[at].value = (Math.round(value * 10) / 10).toFixed(1);
  });
  draw();
}

svg.addEventListener("pointerdown", (event) => {
  const part = event.target.closest(".frame *");
  if (event.button !== 0 || !part) return;
  event.preventDefault();
  held = { from: place(event), box: box(), sides: (part.dataset.sides ?? "0 0").split(" ").map(Number) };
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", (event) => {
  if (!held) return;
  const now = place(event);
  show(moved(held.box, [now[0] - held.from[0], now[1] - held.from[1]], held.sides));
});
for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (held = null));
document.getElementById("crop-form").addEventListener("input", draw);
addEventListener("resize", draw);
draw();
