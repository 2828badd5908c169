// One event stream for the whole browser: the tab that holds the lock listens and tells the others.
import { notice } from "./request.js";

const NAMES = ["desk", "device", "draft", "register", "documents", "photo", "exchange", "scan-button", "resync"];

/** The newest event that this page knows of: when it began to be made, then each that it hears. */
let seen = document.body.dataset.seen;

/** Whether the page misses what another knows: a later event, or one of a station that has started anew. */
function isBehind(other) {
  const [[boot, number], [otherBoot, otherNumber]] = [seen, other].map((id) => id.split("-"));
  return boot !== otherBoot || Number(number) < Number(otherNumber);
}

/** Call `onEvent(name, facts)` for each event, whichever tab hears it. */
export function listen(onEvent) {
  const channel = new BroadcastChannel("renhu-events");
  let isListener = false;
  const hear = ({ id, name, facts }) => {
    if (id && isBehind(id)) seen = id;
    onEvent(name, facts);
  };
  const tell = (event) => {
    channel.postMessage(event);
    hear(event);
  };
  channel.onmessage = ({ data }) => {
    if (data.asks) isListener && channel.postMessage({ newest: seen });
    else if (!data.newest) hear(data);
    else if (isBehind(data.newest)) hear({ id: data.newest, name: "resync", facts: {} });
  };
  channel.postMessage({ asks: seen });
  navigator.locks.request("renhu-events", () => {
    isListener = true;
    return stream(tell);
  });
}

/** Hold the stream for as long as this tab lives. */
function stream(tell) {
  return new Promise(() => {
    let source = null;
    let wasDown = false;
    const open = () => {
      source = new EventSource(`/events?seen=${seen}`);
      source.onopen = () => {
        if (wasDown) tell({ name: "resync", facts: {} });
        wasDown = false;
        notice("");
      };
      source.onerror = () => {
        wasDown = true;
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
      };
      for (const name of NAMES) {
        source.addEventListener(name, (event) => tell({ id: event.lastEventId, name, facts: JSON.parse(event.data) }));
      }
    };
    open();
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => event.persisted && open());
  });
}
