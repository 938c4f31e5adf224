// One stream for all tabs of a browser: one tab leads and reads it, the others listen to that tab.
// A browser opens six connections to a host at most, and a stream holds one for good.

import { model, take } from "./model.js";

const RETRY = 2000; // ms until a stream that was refused is tried again
const SILENT = 12000; // ms without a word after which a stream is taken for dead; the server says something every five
const channel = new BroadcastChannel("cleanwatch-live");
let heard = performance.now();
let fetching = false;
let leading = false;

// Keep the model up to date, and call `changed` after each change.
export function start(changed) {
  const hear = (message) => {
    heard = performance.now();
    if (message.kind === "lost") {
      model.reached = false;
      model.refusal = message.words || "";
    } else if (message.kind !== "still" && !take(message.kind, message.frame)) {
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
    if (quiet && !leading && document.visibilityState === "visible" && navigator.locks) {
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
    const reply = await fetch("/live/full", { cache: "no-store", signal: AbortSignal.timeout(SILENT) });
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
  const begin = () => {
    leading = true;
    read(tell, held.signal);
    return new Promise(() => {});
  };
  navigator.locks.request("cleanwatch-live", { mode: "exclusive", steal }, begin).catch(() => {
    leading = false; // another tab took the lead
    held.abort();
    lead(tell, false);
  });
}

// Read the stream. One that says nothing is closed and opened anew, also while it is being opened: nobody is told of a
// wire that was pulled, and a browser tries a host that does not answer for minutes.
function read(tell, stopped) {
  if (stopped.aborted) return;
  const source = new EventSource("/live");
  let said = performance.now();
  const close = () => {
    clearInterval(watch);
    source.close();
    stopped.removeEventListener("abort", close);
    removeEventListener("pagehide", close);
  };
  const watch = setInterval(() => {
    if (performance.now() - said < SILENT) return;
    close();
    tell({ kind: "lost" });
    read(tell, stopped);
  }, 1000);
  stopped.addEventListener("abort", close);
  addEventListener("pagehide", close);
  for (const kind of ["full", "delta", "still"]) {
    source.addEventListener(kind, (event) => {
      said = performance.now();
      tell(kind === "still" ? { kind } : { kind, frame: JSON.parse(event.data) });
    });
  }
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) {
      tell({ kind: "lost" }); // the browser tries again by itself
      return;
    }
    close();
    tell({ kind: "lost", words: await refusal() });
    setTimeout(() => read(tell, stopped), RETRY);
  };
}

// Why there is no stream: an EventSource cannot read it, so ask once more and hang up. Only the app itself can say that it
// has no place; a proxy says that there is no app, which is no connection.
async function refusal() {
  const hangUp = new AbortController();
  const tooLong = setTimeout(() => hangUp.abort(), SILENT);
  try {
    const reply = await fetch("/live", { cache: "no-store", signal: hangUp.signal });
    return reply.headers.has("X-Cleanwatch-Full") ? await reply.text() : "";
  } catch {
    return "";
  } finally {
    clearTimeout(tooLong);
    hangUp.abort();
  }
}
