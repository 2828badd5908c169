// One event stream for the whole browser: the tab that holds the lock listens and tells the others.
import { notice } from "./request.js";

const NAMES = ["desk", "device", "draft", "register", "documents", "scan-button", "resync"];

/** Call `onEvent(name, facts)` for each event, whichever tab hears it. */
export function listen(onEvent) {
  const channel = new BroadcastChannel("renhu-events");
  channel.onmessage = ({ data }) => onEvent(data.name, data.facts);
  const tell = (name, facts) => {
    channel.postMessage({ name, facts });
    onEvent(name, facts);
  };
  navigator.locks.request("renhu-events", () => stream(tell));
}

/** Hold the stream for as long as this tab lives. */
function stream(tell) {
  return new Promise(() => {
    let source = null;
    let wasDown = false;
    const open = () => {
      source = new EventSource("/events");
      source.onopen = () => {
        if (wasDown) tell("resync", {});
        wasDown = false;
        notice("");
      };
      source.onerror = () => {
        wasDown = true;
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
      };
      for (const name of NAMES) {
        source.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
      }
    };
    open();
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => event.persisted && open());
  });
}
