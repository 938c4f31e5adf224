// The wall display: a page without renderer or charts, that repaints the same nodes for weeks.

import { start } from "./live.js";
import { model, now } from "./model.js";
import { find, fit, paint } from "./paint.js";
import { paintWall } from "./wall-paint.js";
import { anotherSite, reloadWhenQuiet } from "./wall-reload.js";
import { sound } from "./wall-sound.js";
import { arrange, turn } from "./wall-turns.js";

const EVERY = 250; // ms after a painting until the next one: an age ticks, and staleness shows within five seconds
const { zone } = document.body.dataset;
const reload = reloadWhenQuiet(zone, now());
let failed = false;
let next = 0;

// What cannot be painted must not look like the present.
function repaint() {
  clearTimeout(next);
  next = setTimeout(repaint, EVERY);
  try {
    paint();
    paintWall();
    if (turn(performance.now())) fit(document.querySelectorAll("[data-fit]")); // what is hidden has no width
    sound(model);
    failed = false;
  } catch (error) {
    if (!failed) console.error("The wall cannot be painted:", error);
    failed = true;
    document.documentElement.dataset.stale = "yes";
  }
}

function measure() {
  arrange();
  fit(document.querySelectorAll("[data-fit]"));
}

find();
measure();
addEventListener("resize", measure);
document.fonts.addEventListener("loadingdone", measure);
start(repaint);
repaint();
setInterval(() => reload(now(), failed || anotherSite(model)), 60_000);
