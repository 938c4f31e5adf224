// Paints what the model knows into marked nodes, and touches the page only where something is different.
//
//   data-point="B101.DP1" data-unit="Pa" data-show="value | whole | age | validity | word | used | beyond | status | symbol | at | flow"
//   data-room="B101"      data-show="value | unit | last | what | brief | word | short | since | for | beyond | state | used | status | symbol | at"
//   data-show="title | lead | standing | unanswered | status | system | data-age | clock | date"
//   data-since="1795342000000"   the age of a moment;   data-due="1795342000000"   how long until a moment
//
// A value is followed by its data-unit (style sheets set data-beside, smaller); one that is too old is "?", and data-last says what it was.
// `status` sets data-status, and of a room data-open and data-outside, which style sheets read; `at` sets --at, 0 to 1;
// the others set the text. Text in a drawing shrinks until it is no wider than its data-fit. Lists with data-order are
// kept worst first.

import { age, clock, day, until } from "./formats.js";
import { model, now, staleSince } from "./model.js";
import { language, say } from "./words.js";

const UNKNOWN = "?";
const NO_DATA = say("NO DATA");
const SHORT = { action: say("ACTION"), alert: say("ALERT"), advisory: say("ADVISORY"), nodata: NO_DATA, returned: say("RETURNED"), normal: "" };
let marked = [];
let unfitted = new Set(); // texts of drawings that have changed since they were fitted

// Find the marked nodes of the page again; to be called after the page has changed.
export function find() {
  marked = [...document.querySelectorAll("[data-show], [data-since], [data-due]")].map((node) => ({
    node,
    show: node.dataset.show,
    point: node.dataset.point,
    room: node.dataset.room,
  }));
}

export function paint() {
  const moment = { now: now(), stale: staleSince() };
  for (const mark of marked) {
    if (mark.node.dataset.since) text(mark.node, age(moment.now - Number(mark.node.dataset.since)));
    else if (mark.node.dataset.due) text(mark.node, until(Number(mark.node.dataset.due) - moment.now));
    else if (mark.point) paintPoint(mark, model.points[mark.point], moment);
    else if (mark.room) paintRoom(mark, model.rooms[mark.room], moment);
    else paintSite(mark, model.site, moment);
  }
  paintOrder();
  paintStaleness(moment);
  fit(unfitted);
  unfitted = new Set();
}

function text(node, wanted) {
  const before = node.textContent;
  if (before === wanted) return;
  const only = node.childNodes.length === 1 ? node.firstChild : null;
  if (only?.nodeType === Node.TEXT_NODE && wanted) only.data = wanted; // cheaper than another node
  else node.textContent = wanted;
  const fitted = node.closest("[data-fit]");
  if (fitted && shape(before) !== shape(wanted)) unfitted.add(fitted);
}

// Texts of one shape are equally wide: figures are tabular.
function shape(written) {
  return written.replace(/\d/g, "0");
}

// Make texts of a drawing as small as they must be; fonts decide their width, so nobody can know it before. All are
// measured together: between a change and a measurement the browser lays out the whole page.
export function fit(nodes) {
  for (const node of nodes) {
    node.dataset.size ||= node.getAttribute("font-size");
    attribute(node, "font-size", node.dataset.size);
  }
  const widths = [...nodes].map((node) => node.getComputedTextLength());
  [...nodes].forEach((node, place) => {
    const { size, fit: most } = node.dataset;
    if (widths[place] > Number(most)) node.setAttribute("font-size", Number(size) * (most / widths[place]));
  });
}

function attribute(node, name, wanted) {
  if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
}

function place(node, at) {
  const wanted = at === undefined ? "" : String(at);
  if (node.style.getPropertyValue("--at") !== wanted) node.style.setProperty("--at", wanted);
}

function symbol(node, status) {
  const use = node.tagName === "use" ? node : node.querySelector("use");
  if (use) attribute(use, "href", `#s-${status}`);
}

function paintPoint({ node, show }, point, { now, stale }) {
  if (!point) return;
  const old = stale !== null || (point.until !== undefined && now > point.until);
  const status = old ? "nodata" : point.status;
  switch (show) {
    case "value":
    case "whole": {
      const value = show === "whole" && point.number !== undefined ? whole(point.number) : point.value;
      const { unit, beside } = node.dataset;
      const written = (of) => value + (of ? `\u202f${of}` : "");
      text(node, old || !value ? UNKNOWN : written(unit));
      attribute(node, "data-last", old && point.time ? say("was {value}, {span}", { value: written(unit || beside), span: age(now - point.time) }) : "");
      break;
    }
    case "age": text(node, point.time ? age(now - point.time) : ""); break;
    case "validity": text(node, old ? say("no data") : point.validity || ""); break;
    case "word": text(node, old ? NO_DATA : point.word); break;
    case "used": text(node, old ? "" : point.used || ""); break;
    case "beyond": text(node, old ? "" : point.beyond || ""); break;
    case "status": attribute(node, "data-status", status); break;
    case "symbol": symbol(node, status); break;
    case "at": place(node, old ? undefined : point.at); break;
    case "flow": attribute(node, "data-flow", !old && point.number < 0 ? "back" : "on"); break;
  }
}

function whole(number) {
  const rounded = Math.round(number);
  return rounded < 0 ? `−${-rounded}` : String(rounded);
}

function forHowLong(room, now, stale) {
  const begin = stale ?? room.since;
  return begin ? age(now - begin) : "";
}

function paintRoom({ node, show }, room, { now, stale }) {
  if (!room) return;
  const old = stale !== null;
  const status = old ? "nodata" : room.status;
  const nodata = status === "nodata";
  switch (show) {
    case "value": text(node, nodata ? UNKNOWN : room.value || ""); break;
    case "unit": text(node, nodata ? "" : room.unit || ""); break;
    case "last": text(node, nodata && room.value && room.value !== UNKNOWN ? say("last {value}", { value: `${room.value} ${room.unit}` }) : ""); break;
    case "brief": text(node, room.brief || ""); break;
    case "what": text(node, room.what || ""); break;
    case "word": text(node, old ? NO_DATA : room.word); break;
    case "short": text(node, SHORT[status]); break;
    case "since": text(node, forHowLong(room, now, stale)); break;
    case "for": { const span = forHowLong(room, now, stale); text(node, span && `, ${span}`); break; }
    case "beyond": text(node, nodata ? "" : room.beyond || ""); break;
    case "state": text(node, room.state || ""); break;
    case "used": text(node, nodata ? "" : room.used || ""); break;
    case "status":
      attribute(node, "data-status", status);
      attribute(node, "data-open", room.open && !old ? "yes" : "no");
      attribute(node, "data-outside", room.beyond && !old ? "yes" : "no");
      if (node.dataset.label) attribute(node, "aria-label", label(node.dataset.label, room, old));
      break;
    case "symbol": symbol(node, status); break;
    case "at": place(node, nodata ? undefined : room.at); break;
  }
}

// What a screen reader says of a room: its name, how it stands, and the value that speaks for it.
function label(name, room, old) {
  const value = old || !room.value || room.value === UNKNOWN ? "" : `${room.what} ${room.value} ${room.unit}`.trim();
  return [name, (old ? NO_DATA : room.word).toLocaleLowerCase(language), value].filter(Boolean).join(", ");
}

function paintSite({ node, show }, site, { now, stale }) {
  switch (show) {
    case "clock": text(node, clock(now, node.dataset.zone)); return;
    case "date": text(node, day(now, node.dataset.zone)); return;
  }
  if (!site) return;
  switch (show) {
    case "title": text(node, stale === null ? site.title : say("No live data")); break;
    case "lead": text(node, stale === null ? site.lead : say("What is shown was true until {time}.", { time: clock(stale, zone()) })); break;
    case "standing":
      text(node, site.standing ? String(site.standing) : "");
      attribute(node, "data-status", site.status);
      break;
    case "unanswered": text(node, site.unanswered ? String(site.unanswered) : ""); break;
    case "status": attribute(node, "data-status", stale === null ? site.status : "nodata"); break;
    case "system": text(node, site.system || ""); break;
    case "behind": text(node, model.station?.waiting > 20 ? say("judging is {n} commits behind", { n: model.station.waiting }) : ""); break;
    case "data-age": text(node, site.newest ? age(now - site.newest) : ""); break;
  }
}

// Rows move only when the server's order does, and never under the pointer or the focus.
function paintOrder() {
  if (!model.site) return;
  for (const list of document.querySelectorAll("[data-order]")) {
    const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
    const wanted = model.site.order.filter((key) => rows.has(key)).map((key) => rows.get(key));
    if (wanted.every((row, place) => list.children[place] === row) || list.matches(":hover, :focus-within")) continue;
    list.append(...wanted);
  }
}

function zone() {
  return document.querySelector("[data-zone]")?.dataset.zone || "UTC";
}

// The page as a whole: what is known at all, and the banner that says that nothing on it is fresh.
function paintStaleness({ now, stale }) {
  const root = document.documentElement;
  attribute(root, "data-known", model.site && model.site.newest ? "yes" : "no");
  attribute(root, "data-heard", model.station ? "yes" : "no");
  attribute(root, "data-stale", stale === null ? "no" : "yes");
  const banner = document.getElementById("stale");
  if (!banner || model.number < 0 && model.reached) return;
  const first = !model.site?.newest && model.reached;
  const partly = stale === null && model.site?.silent;
  banner.hidden = ((stale === null && !partly) || first) && !model.refusal;
  if (banner.hidden) return;
  const [title, words] = explanation(stale, now);
  text(document.getElementById("stale-title"), title);
  text(document.getElementById("stale-text"), words);
}

function explanation(stale, now) {
  if (model.refusal) return [say("No place for live values"), model.refusal];
  const when = { time: stale ? clock(stale, zone()) : "", span: stale ? age(now - stale) : "" };
  if (!model.reached) {
    const title = stale ? say("No connection to Cleanwatch since {time}, {span}.", when) : say("No connection to Cleanwatch.");
    return [title, say("No value here is fresh. Alarms and notifications go on without this page. It tries again by itself.")];
  }
  if (stale !== null && model.site?.cut_off) {
    const title = stale ? say("No connection to the broker since {time}, {span}.", when) : say("No connection to the broker.");
    return [title, say("No value here is fresh, and alarms may be missing. Have the broker looked at; this page goes on by itself.")];
  }
  if (stale === null) {
    const title = say("Not heard: station {station}", { station: model.site.silent });
    return [title, say("In its rooms no value is fresh, and alarms may be missing. Have it looked at; this page goes on by itself.")];
  }
  if (!model.station) {
    return [say("The station has not been heard yet."), say("It reads and judges the instruments. Nothing here is fresh until it runs.")];
  }
  const title = stale ? say("The station is silent since {time}, {span}.", when) : say("The station is silent.");
  return [title, say("No value here is fresh, and alarms may be missing. Have the station looked at; this page goes on by itself.")];
}
