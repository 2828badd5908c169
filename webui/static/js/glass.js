// The look at the glass: draw the part to scan with the pointer; the numbers beside it stay what counts.

const SIDES = ["left_mm", "top_mm", "width_mm", "height_mm"];
const SMALLEST_MM = 5;
let from = null;

const field = (name) => document.getElementById(`preview-${name}`);
const picture = () => document.querySelector("#glass svg");

/** Show the part that the numbers say. */
function draw() {
  const part = picture()?.querySelector(".picked");
  if (!part) return;
  const [left, top, width, height] = SIDES.map((name) => Number(field(name).value) || 0);
  for (const [name, value] of Object.entries({ x: left, y: top, width, height })) part.setAttribute(name, Math.max(0, value));
}

/** Where on the glass a pointer is, in millimetres. */
function place(event) {
  const svg = picture();
  const box = svg.getBoundingClientRect();
  const { width, height } = svg.viewBox.baseVal;
  const within = (value, most) => Math.min(Math.max(value, 0), most);
  return {
    x: within(((event.clientX - box.left) / box.width) * width, width),
    y: within(((event.clientY - box.top) / box.height) * height, height),
  };
}

function pick(one, other) {
  const values = [Math.min(one.x, other.x), Math.min(one.y, other.y), Math.abs(one.x - other.x), Math.abs(one.y - other.y)];
  if (values[2] < SMALLEST_MM || values[3] < SMALLEST_MM) return;
  SIDES.forEach((name, at) => {
    field(name).value = (Math.floor(values[at] * 10) / 10).toFixed(1);
  });
  draw();
}

export function start() {
  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.closest?.("#glass")) return;
    event.preventDefault();
    from = place(event);
    picture().setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (from && picture()) pick(from, place(event));
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (from = null));
  document.addEventListener("input", (event) => {
    if (event.target.form?.id === "preview-form") draw();
  });
  document.addEventListener("fragments", draw);
}
