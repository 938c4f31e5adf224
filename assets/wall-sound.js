// A sound while an action alarm waits for its acknowledgement. The switch is in the address (`?sound=on`), so that a
// display keeps it whatever becomes of the browser. Also while nothing is heard: an outage is no acknowledgement.

import { say } from "./words.js";

const EVERY = 5000; // ms between two calls
const TONES = [[0, 880], [0.22, 660], [0.44, 880]]; // s, Hz
const LENGTH = 0.18, LOUD = 0.4, EDGE = 0.02; // s; EDGE keeps it from clicking
const button = document.querySelector(".sound");
let context = isOn() ? new AudioContext() : null;
let called = -Infinity;

export function isOn() {
  return new URLSearchParams(location.search).get("sound") === "on";
}

// Call where an alarm waits; to be called with every painting.
export function sound({ site }) {
  const on = isOn();
  if (on) context ??= new AudioContext();
  const blocked = on && context.state !== "running";
  show(on, blocked);
  if (!on || blocked || !site?.sounding || performance.now() - called < EVERY) return;
  called = performance.now();
  for (const [after, tone] of TONES) play(context.currentTime + after, tone);
}

function play(begin, tone) {
  const source = new OscillatorNode(context, { frequency: tone, type: "triangle" });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setTargetAtTime(LOUD, begin, EDGE);
  volume.gain.setTargetAtTime(0, begin + LENGTH, EDGE);
  source.connect(volume).connect(context.destination);
  source.onended = () => volume.disconnect();
  source.start(begin);
  source.stop(begin + LENGTH + 8 * EDGE);
}

function show(on, blocked) {
  const state = !on ? "off" : blocked ? "blocked" : "on";
  if (button.dataset.state === state) return;
  button.dataset.state = state;
  button.setAttribute("aria-pressed", String(on));
  const words = { off: say("Sound off"), on: say("Sound on"), blocked: say("Sound blocked: touch the screen") };
  button.querySelector("span").textContent = words[state];
}

button.addEventListener("click", () => {
  const address = new URL(location);
  if (isOn() && context?.state === "running") address.searchParams.delete("sound");
  else address.searchParams.set("sound", "on");
  history.replaceState(null, "", address);
});
// Browsers let a page sound only after somebody has touched it, or where a kiosk is started so.
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => context?.resume(), { passive: true });
