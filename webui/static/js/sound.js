// A short tick when a card has been read, a higher one when it may be lifted, a low double tone when it was refused or
// leads to no registration, one tone between when it is left; two ticks for a scan or a photo, or the low double tone.
// Can be switched off.

let context = null;

export function isOn() {
  return localStorage.getItem("sound") !== "off";
}

function tone(frequency_hz, start_s, length_s) {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency_hz;
  volume.gain.setValueAtTime(0.12, context.currentTime + start_s);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start_s + length_s);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(context.currentTime + start_s);
  oscillator.stop(context.currentTime + start_s + length_s);
}

/** How a scan may end; other states are on the way there. */
export const ENDS = ["done", "failed", "interrupted"];
const OTHERS_HEAR_WITHIN_MS = 5000;

/** Sound for the end of a scan, told as its state and its job; every tab hears of it, and one of them sounds. */
export function playScan(scan) {
  const [state] = scan.split(" ");
  if (!isOn() || !ENDS.includes(state)) return;
  navigator.locks.request(`renhu-scan ${scan}`, { ifAvailable: true }, (lock) => {
    if (!lock || localStorage.getItem("scan-heard") === scan) return undefined;
    localStorage.setItem("scan-heard", scan);
    soundEnd(state === "done");
    return new Promise((resolve) => setTimeout(resolve, OTHERS_HEAR_WITHIN_MS)); // what is stored reaches the others late
  });
}

/** Sound for a photo that was taken: who releases looks at the person, not at the page. */
export function playPhoto(isUsed) {
  if (isOn()) soundEnd(isUsed);
}

/** Two rising ticks when all is well, the low double tone when not. */
function soundEnd(isWell) {
  context ??= new AudioContext();
  if (isWell) {
    tone(990, 0, 0.09);
    tone(1320, 0.12, 0.12);
  } else {
    tone(330, 0, 0.14);
    tone(262, 0.18, 0.2);
  }
}

/** Sound for a new state of the card, told with the one before; nothing for states that call for none. */
export function play(state, before) {
  if (!isOn()) return;
  context ??= new AudioContext();
  const isThrough = ["verified", "single"].includes(state);
  if (state === "read" || (isThrough && before !== "read")) tone(1320, 0, 0.09);
  if (isThrough) tone(1760, 0.1, 0.09);
  if (state === "left") tone(660, 0, 0.2);
  const isRefusal = (one) => ["refused", "changed", "gone", "outside"].includes(one);
  if (isRefusal(state) && !isRefusal(before)) {
    tone(330, 0, 0.14);
    tone(262, 0.18, 0.2);
  }
}
