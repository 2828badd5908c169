// Ages that go on counting: "6 s", "2 min".

const born = new WeakMap();

function words(age_s) {
  const { seconds, minutes } = document.body.dataset;
  return age_s < 60 ? seconds.replace("{n}", age_s) : minutes.replace("{n}", Math.floor(age_s / 60));
}

function tick() {
  for (const place of document.querySelectorAll("[data-age-s]")) {
    const served = Number(place.dataset.ageS);
    let known = born.get(place);
    if (!known || known.served !== served || known.text !== place.textContent) {
      known = { served, at: performance.now() - served * 1000 };
    }
    const age_s = Math.floor((performance.now() - known.at) / 1000);
    if (age_s < 3600) {
      known.text = words(age_s);
      if (place.textContent !== known.text) place.textContent = known.text;
      born.set(place, known);
    }
  }
}

export function start() {
  setInterval(tick, 1000);
  document.addEventListener("fragments", tick);
}
