// The last hour of points as small lines. Lowest and highest of each minute are drawn, so that one bad reading shows;
// what lies outside the limits is filled.

import { now } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 132, HEIGHT = 28, EDGE = 3, HOUR = 3600000, EVERY = 30000;
let shown = "";
let asked = 0;

// Draw the sparks of the page; to be called after the page has changed, and now and then.
export async function sparks(again = false) {
  const nodes = [...document.querySelectorAll("[data-spark]")];
  const points = nodes.map((node) => node.dataset.spark).join(",");
  const empty = nodes.some((node) => !node.firstChild);
  if (!points || (points === shown && !again && !empty)) return;
  shown = points;
  const number = ++asked;
  try {
    const reply = await fetch(`/live/history?points=${encodeURIComponent(points)}`, { cache: "no-store" });
    if (!reply.ok || number !== asked) return;
    const minutes = await reply.json();
    for (const node of nodes) draw(node, minutes[node.dataset.spark] || []);
  } catch {
    // The stream says when the server is gone; the lines are tried again by themselves.
  }
}

setInterval(() => document.visibilityState === "visible" && sparks(true), EVERY);

function draw(node, minutes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  const bend = node.dataset.scale === "log" ? (value) => Math.log10(Math.max(value, 1)) : (value) => value;
  const limits = ["low", "high"].map((name) => (node.dataset[name] === undefined ? null : bend(Number(node.dataset[name]))));
  const rows = minutes.map(([start, low, high]) => [start, bend(low), bend(high)]);
  if (rows.length) fill(svg, rows, limits, Number(node.dataset.interval));
  node.replaceChildren(svg);
}

function fill(svg, rows, [least, most], interval) {
  const values = [...rows.flatMap(([, low, high]) => [low, high]), ...[least, most].filter((limit) => limit !== null)];
  const bottom = Math.min(...values), top = Math.max(...values);
  const end = now();
  const x = (time) => ((time - (end - HOUR)) / HOUR) * WIDTH;
  const y = (value) => (top > bottom ? HEIGHT - EDGE - ((value - bottom) / (top - bottom)) * (HEIGHT - 2 * EDGE) : HEIGHT / 2);
  for (const limit of [least, most]) if (limit !== null) path(svg, "limit", `M0 ${y(limit).toFixed(1)}H${WIDTH}`);
  const minute = WIDTH / 60;
  for (const [start, low, high] of rows) {
    if (most !== null && high > most) bar(svg, x(start) - minute / 2, y(high), y(most), minute);
    if (least !== null && low < least) bar(svg, x(start) - minute / 2, y(least), y(low), minute);
  }
  let line = "";
  rows.forEach(([start, low, high], index) => {
    const silent = index && start - rows[index - 1][0] > Math.max(2.5 * interval, 90000);
    const [first, second] = index && rows[index - 1][2] > high ? [high, low] : [low, high];
    line += `${index && !silent ? "L" : "M"}${x(start).toFixed(1)} ${y(first).toFixed(1)}L${x(start).toFixed(1)} ${y(second).toFixed(1)}`;
  });
  path(svg, "line", line);
}

function path(svg, name, d) {
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("class", name);
  drawn.setAttribute("d", d);
  drawn.setAttribute("vector-effect", "non-scaling-stroke");
  svg.append(drawn);
}

function bar(svg, x, top, bottom, width) {
  const drawn = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ class: "outside", x, y: top, width, height: Math.max(bottom - top, 1) })) {
    drawn.setAttribute(name, value);
  }
  svg.append(drawn);
}
