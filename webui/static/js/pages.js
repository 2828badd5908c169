// Pages other than the desk: keys, counting ages, what is typed kept, printing, and fresh parts when something changed.
import * as clock from "./clock.js";
import * as codes from "./codes.js";
import * as doors from "./doors.js";
import * as find from "./find.js";
import * as keeping from "./keeping.js";
import * as keys from "./keys.js";
import * as lock from "./lock.js";
import * as once from "./once.js";
import * as print from "./print.js";
import * as scanButton from "./scan_button.js";
import * as scanEnd from "./scan_end.js";
import * as scanTold from "./scan_told.js";
import * as switches from "./switches.js";
import { listen } from "./events.js";
import { refreshSoon } from "./fragments.js";

document.body.classList.add("live");
keys.start();
keeping.start();
lock.start();
once.start();
print.start();
scanEnd.start();
codes.start();
doors.start();
clock.start();
find.start();
switches.start();

const live = document.getElementById("live")?.dataset.live;
if (live || document.body.dataset.button || document.getElementById("scan-ended")) {
  listen((name, facts) => {
    scanButton.told(name, facts);
    scanTold.told(name, facts);
    if (live && (name === "resync" || live.split(" ").includes(name))) refreshSoon();
  });
}
