// The page of documents, live: pages appear as they come, a sound says when a scan has ended.
import * as glass from "./glass.js";
import * as files from "./files.js";
import * as keys from "./keys.js";
import * as lock from "./lock.js";
import * as once from "./once.js";
import * as place from "./place.js";
import * as presets from "./presets.js";
import * as scanButton from "./scan_button.js";
import * as scanEnd from "./scan_end.js";
import * as scanTold from "./scan_told.js";
import { listen } from "./events.js";
import { refreshSoon } from "./fragments.js";

const live = () => document.getElementById("live");

document.body.classList.add("live");
glass.start();
files.start();
keys.start();
lock.start();
once.start();
presets.start();
scanEnd.start();
place.start();
document.addEventListener("fragments", ({ detail }) => {
  scanEnd.shown(live().dataset.scan, detail.scan);
});

listen((name, facts) => {
  scanEnd.told(name, facts);
  scanTold.told(name, facts);
  scanButton.told(name, facts);
  if (name === "resync" || live().dataset.live.split(" ").includes(name)) refreshSoon();
});
