// One stream for all tabs of a browser: one tab leads and reads it, the others listen to that tab.
// A browser opens six connections to a host at most, and a stream holds one for good.

import { model, take } from "./model.js";

const RETRY = 2000; // ms until a stream that was refused is tried again
const SILENT = 10000; // ms after which a visible tab takes the lead from one that says nothing
const channel = new BroadcastChannel("cleanwatch-live");
let heard = performance.now();
let fetching = false;

// Keep the model up to date, and call `changed` after each change.
export function start(changed) {
  const hear = (message) => {
    heard = performance.now();
    if (message.kind === "lost") {
      model.reached = false;
      model.refusal = message.words || "";
    } else if (!take(message.kind, message.frame)) {
      refetch(changed);
    }
    changed();
  };
  channel.onmessage = (event) => {
    if (event.data.kind === "delta" && model.number < 0) refetch(changed);
    else hear(event.data);
  };
  const tell = (message) => {
    channel.postMessage(message);
    hear(message);
  };
  follow(changed);
  lead(tell, false);
  setInterval(() => {
    const quiet = performance.now() - heard > SILENT;
    if (quiet && document.visibilityState === "visible" && navigator.locks) {
      heard = performance.now();
      lead(tell, true);
    }
  }, 2000);
}

// Everything at once: for a tab that follows, and after missing frames.
async function refetch(changed) {
  if (fetching) return;
  fetching = true;
  try {
    const reply = await fetch("/live/full", { cache: "no-store" });
    if (reply.ok) take("full", await reply.json());
    changed();
  } catch {
    // The stream says when the server is back.
  } finally {
    fetching = false;
  }
}

function follow(changed) {
  if (navigator.locks) refetch(changed);
}

// Wait for the lead, then read the stream until this page goes. Without locks (plain http) every tab leads itself.
function lead(tell, steal) {
  if (!navigator.locks) {
    read(tell, new AbortController().signal);
    return;
  }
  const held = new AbortController();
  navigator.locks
    .request("cleanwatch-live", { mode: "exclusive", steal }, () => new Promise(() => read(tell, held.signal)))
    .catch(() => {
      held.abort(); // another tab took the lead
      lead(tell, false);
    });
}

function read(tell, stopped) {
  if (stopped.aborted) return;
  const source = new EventSource("/live");
  stopped.addEventListener("abort", () => source.close());
  addEventListener("pagehide", () => source.close(), { once: true });
  for (const kind of ["full", "delta"]) {
    source.addEventListener(kind, (event) => tell({ kind, frame: JSON.parse(event.data) }));
  }
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) {
      tell({ kind: "lost" }); // the browser tries again by itself
      return;
    }
    tell({ kind: "lost", words: await refusal() });
    setTimeout(() => read(tell, stopped), RETRY);
  };
}

// Why there is no stream: an EventSource cannot read it, so ask once more and hang up.
async function refusal() {
  const hangUp = new AbortController();
  try {
    const reply = await fetch("/live", { cache: "no-store", signal: hangUp.signal });
    return reply.status === 503 ? await reply.text() : "";
  } catch {
    return "";
  } finally {
    hangUp.abort();
  }
}
