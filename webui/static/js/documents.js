// The page of documents, live: pages appear as they come, a sound says when a scan has ended.
import * as glass from "./glass.js";
import * as files from "./files.js";
import * as keys from "./keys.js";
import * as lock from "./lock.js";
import * as presets from "./presets.js";
import * as sound from "./sound.js";
import { listen } from "./events.js";
import { refreshSoon } from "./fragments.js";

const live = () => document.getElementById("live");

document.body.classList.add("live");
glass.start();
files.start();
keys.start();
lock.start();
presets.start();
document.addEventListener("fragments", ({ detail }) => {
  const now = live().dataset.scan;
  if (now !== detail.scan) sound.playScan(now);
});

listen((name) => {
  if (name === "resync" || live().dataset.live.split(" ").includes(name)) refreshSoon();
});
