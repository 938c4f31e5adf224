// The browser's side of Cleanwatch: one stream of live values, painted into whatever page is open.

import { choose } from "./choose.js";
import { comeBack } from "./comes-back.js";
import { draw } from "./draw.js";
import { filters } from "./filter.js";
import { start } from "./live.js";
import { model } from "./model.js";
import { arrive } from "./navigate.js";
import { find, fit, paint } from "./paint.js";
import { sparks } from "./sparks.js";
import { uploads } from "./uploads.js";
import "./asks.js";
import "./menus.js";
import "./session.js";

const EVERY = 500; // ms after a painting until the next one, though nothing is new: ages tick, and staleness shows
let alarms = null;
let next = 0;

// Dash hears only of alarms and room states that changed: what it is told often it would remember for ever.
function tellDash() {
  if (!model.site || !window.dash_clientside?.set_props || !document.getElementById("page")) return;
  const present = `${model.site.alarms} ${model.site.states || ""}`;
  if (alarms !== null && alarms !== present) window.dash_clientside.set_props("alarm-event", { data: present });
  alarms = present;
}

function repaint() {
  clearTimeout(next);
  next = setTimeout(repaint, EVERY); // first, so that one that fails is not the last
  paint();
  comeBack();
  observer.takeRecords(); // our own painting is no news
}

let waiting = false;
const observer = new MutationObserver((changes) => {
  const elements = (nodes) => [...nodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
  if (waiting || !changes.some((c) => c.type === "attributes" || elements(c.addedNodes) || elements(c.removedNodes))) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    draw(document);
    filters();
    choose();
    sparks();
    uploads();
    arrive();
    find();
    fit(document.querySelectorAll("[data-fit]"));
    repaint();
  });
});
document.fonts.addEventListener("loadingdone", () => fit(document.querySelectorAll("[data-fit]")));

observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-svg", "data-icon", "data-point", "data-room", "data-choose"] });
start(() => {
  repaint();
  tellDash();
});
repaint();
