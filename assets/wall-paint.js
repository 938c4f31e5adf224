// What the wall says beside its plan: how many rooms are how, the worst of them, what waits for an answer, and how the
// data, the system and the ways to people are. It paints into places that the page has already.

import { age, clock, day } from "./formats.js";
import { model, now, staleSince } from "./model.js";
import { say } from "./words.js";

const LOUD = ["action", "alert", "nodata"];
const DAY = 24 * 3600000;
const names = JSON.parse(document.getElementById("rooms").textContent);
const { zone } = document.body.dataset;
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const places = {
  tally: all(".tally>li"),
  cards: all(".worst>article"),
  calm: one(".calm"),
  calmly: one(".calm h2 span"),
  nearest: all(".calm li"),
  waiting: one(".waiting"),
  rows: all(".waiting li"),
  more: one(".waiting .more"),
};

// What has room beside the plan: of `bad` rooms the worst as cards, of `waiting` alarms the first as rows.
export function share(bad, waiting) {
  const cards = Math.min(bad, waiting > 2 ? 2 : waiting ? 3 : 4);
  const lines = [7, 7, 5, 2][cards] ?? 0; // one of them says how many more there are
  return { cards, rows: waiting > lines ? lines - 1 : waiting };
}

export function paintWall() {
  const moment = now();
  const stale = staleSince();
  paintTally(stale);
  const bad = model.site ? model.site.order.filter((room) => LOUD.includes(model.rooms[room]?.status)) : [];
  const waiting = model.site ? model.site.unanswered || 0 : 0;
  const room = share(bad.length, waiting);
  places.cards.forEach((card, place) => paintCard(card, place < room.cards ? bad[place] : null, moment));
  const rows = model.unanswered.slice(0, room.rows);
  places.rows.forEach((row, place) => paintAlarm(row, rows[place], moment));
  hide(places.waiting, !waiting);
  text(places.waiting.querySelector("h2 b"), String(waiting));
  text(places.waiting.querySelector("h2 span"), stale === null ? say("not acknowledged") : say("not acknowledged, as last heard"));
  const more = waiting - rows.length;
  hide(places.more, more <= 0);
  text(places.more, more > 0 ? say("and {n} more", { n: more }) : "");
  hide(places.calm, bad.length > 0 || !model.site);
  if (!bad.length && model.site) paintCalm(waiting ? 7 - Math.min(waiting, 6) : 7);
  paintFoot(moment, stale);
}

function text(node, wanted) {
  if (node.textContent !== wanted) node.textContent = wanted;
}

function hide(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

function status(node, wanted) {
  if (node.dataset.status === wanted) return;
  node.dataset.status = wanted;
  node.querySelector("use")?.setAttribute("href", `#s-${wanted}`);
}

function paintTally(stale) {
  const counted = { action: 0, alert: 0, nodata: 0, normal: 0 };
  for (const room of Object.values(model.rooms)) {
    if (!room.point) continue; // nothing watches it
    counted[stale !== null ? "nodata" : LOUD.includes(room.status) ? room.status : "normal"] += 1;
  }
  for (const chip of places.tally) {
    const number = counted[chip.dataset.status];
    hide(chip, !number);
    text(chip.querySelector("b"), String(number));
  }
}

function paintCard(card, id, moment) {
  hide(card, !id);
  if (!id) return;
  const room = model.rooms[id];
  const nodata = room.status === "nodata";
  const part = (name, wanted) => text(card.querySelector(`.${name}`), wanted);
  status(card, room.status);
  card.toggleAttribute("data-open", Boolean(room.open));
  part("word", room.word);
  part("age", room.since ? age(moment - room.since) : "");
  part("room", `${id} ${names[id] ?? ""}`);
  part("what", room.what || "");
  const value = nodata ? "?" : room.value || "";
  part("value", value);
  card.dataset.wide = value.length < 9 ? "" : value.length < 11 ? "more" : "most"; // millions are set smaller
  part("unit", nodata ? "" : room.unit || "");
  const was = room.value && room.value !== "?" ? say("was {value}", { value: `${room.value}\u202f${room.unit || ""}` }) : "";
  part("beyond", nodata ? was : room.beyond || "");
}

function paintAlarm(row, alarm, moment) {
  hide(row, !alarm);
  if (!alarm) return;
  status(row, alarm.status);
  text(row.querySelector(".room"), alarm.room);
  text(row.querySelector(".what"), alarm.what);
  text(row.querySelector(".age"), age(moment - alarm.since));
}

// While a delay runs, or an alarm is put aside, a value is outside although no room is in alarm.
function paintCalm(most) {
  const outside = Object.values(model.points).filter((point) => point.beyond).length;
  text(places.calmly, outside ? say("Outside a limit, not calling: {n}", { n: outside }) : say("No room is outside its limits"));
  const near = model.site.order.filter((room) => model.rooms[room]?.status === "normal" && model.rooms[room].used).slice(0, most);
  places.nearest.forEach((row, place) => {
    const id = near[place];
    hide(row, !id);
    if (!id) return;
    const room = model.rooms[id];
    text(row.querySelector(".room"), id);
    text(row.querySelector(".name"), names[id] ?? "");
    text(row.querySelector(".what"), room.what || "");
    text(row.querySelector(".used"), room.used);
    const at = String(room.at ?? 0);
    const bar = row.querySelector(".bar");
    if (bar.style.getPropertyValue("--at") !== at) bar.style.setProperty("--at", at);
  });
}

function paintFoot(moment, stale) {
  const points = Object.values(model.points);
  const live = stale === null ? points.filter((point) => point.time && (point.until === undefined || moment <= point.until)).length : 0;
  cell("data", null, model.site?.newest ? say("{n} of {all} points live", { n: live, all: points.length }) : say("none yet"));
  const { standing = 0, tasks = 0, unanswered = 0, system = "", silent = "" } = model.site || {};
  cell("alarms", model.site ? String(standing - tasks) : "?", unanswered ? say("{n} not acknowledged", { n: unanswered }) : "");
  const behind = model.station?.waiting > 20 ? say("judging is behind") : "";
  const trouble = silent ? say("Not heard: station {name}", { name: silent }) : system || behind;
  cell("system", stale !== null ? say("Not known") : trouble || say("In order"), "", Boolean(trouble) || stale !== null);
  paintWays(moment, model.site?.ways);
}

function paintWays(moment, ways) {
  if (!ways) cell("ways", say("Not known"), "", true);
  else if (ways.state === "none") cell("ways", say("No channel"), say("nobody is told by message"), true);
  else {
    const at = ways.at ? (moment - ways.at < DAY ? clock(ways.at, zone).slice(0, 5) : day(ways.at, zone)) : say("never");
    const ago = ways.at ? say("{span} ago", { span: age(moment - ways.at) }) : "";
    const proven = ways.state === "proven";
    cell("ways", at, proven ? ago : say("not proven: {names}", { names: ways.unproven }), !proven);
  }
}

function cell(name, big, small, trouble = false) {
  const node = one(`.wall-foot .${name}`);
  if (big !== null) text(node.querySelector("b"), big);
  text(node.querySelector("span"), small);
  node.toggleAttribute("data-trouble", trouble);
}
