// Which plans are to be seen. Areas whose plans cannot all be read from five metres take turns; one in which a new
// alarm waits for an answer comes at once, and stays a while: also where an older, lesser one waits in the same room.

import { model } from "./model.js";

const LEAST = 0.85; // how small a plan may get: its room codes are 33 units, and have to be read from five metres
const EACH = 15000; // ms for each page
const NEW = 30000; // ms for a page that has a new alarm
const GAP = 12; // units between two plans
const BAR = 52; // units for the names of the areas
const BETTER_FIRST = ["advisory", "returned", "alert", "nodata", "action"]; // as in app/status.py
const ROOMS = "[data-room][data-show=status]";

const scrolls = matchMedia("(max-width:1000px)"); // a phone shows all, one below the other
const frame = document.querySelector(".wall-plans");
const plans = [...frame.querySelectorAll("[data-area]")];
const bar = frame.querySelector(".turns");
let pages = [plans.map((_plan, place) => place)];
let shown = -1;
let until = 0;
let open = {}; // how bad the rooms are that wait for an answer

// Put as many plans on a page as can be read, one below the other, in the order of the site. `boxes` are widths and
// heights of the plans in their own units, `width` and `height` what there is, in units of a wall of 1080 lines.
export function pagesOf(boxes, width, height, least = LEAST) {
  const scale = (places, room) => {
    const widest = Math.max(...places.map((place) => boxes[place].width));
    const high = places.reduce((sum, place) => sum + boxes[place].height, 0);
    return Math.min(width / widest, (room - (places.length - 1) * GAP) / high);
  };
  const all = boxes.map((_box, place) => place);
  if (!boxes.length || scale(all, height) >= least) return [all];
  const found = [];
  for (const place of all) {
    const last = found.at(-1);
    if (last && scale([...last, place], height - BAR) >= least) last.push(place);
    else found.push([place]);
  }
  return found;
}

// The page to turn to: that of the first area with a new alarm, else the next one.
export function nextPage(pages, shown, areasWithNews) {
  const news = pages.findIndex((page) => page.some((place) => areasWithNews.includes(place)));
  return news >= 0 ? news : (shown + 1) % pages.length;
}

// Find out what fits; to be called when the size of the wall is another.
export function arrange() {
  const unit = parseFloat(getComputedStyle(document.body).fontSize) / 24; // body is set in the smallest type of the wall
  const boxes = plans.map((plan) => plan.querySelector("svg").viewBox.baseVal);
  pages = scrolls.matches ? [plans.map((_plan, place) => place)] : pagesOf(boxes, frame.clientWidth / unit, frame.clientHeight / unit);
  bar.hidden = pages.length === 1;
  shown = -1;
  until = 0;
}

// Show the page whose turn it is; to be called with every painting, and performance.now(). True where it is another one.
export function turn(now) {
  const waiting = roomsOpen();
  const areas = areasOf(newsIn(waiting, open));
  open = waiting;
  if (pages.length > 1) paintBar();
  if (shown >= 0 && (pages.length === 1 || (now < until && !areas.length))) return false;
  shown = nextPage(pages, shown, areas);
  until = now + (areas.length ? NEW : EACH);
  plans.forEach((plan, place) => (plan.hidden = !pages[shown].includes(place)));
  plans.forEach((plan) => (plan.style.flexGrow = plan.querySelector("svg").viewBox.baseVal.height));
  [...bar.children].forEach((name, place) => name.toggleAttribute("data-on", pages[shown].includes(place)));
  return true;
}

// Rooms that wait for an answer now and did not before, or are worse than they were; only the worst of these.
export function newsIn(waiting, before) {
  const news = Object.keys(waiting).filter((room) => waiting[room] > (before[room] || 0));
  const worst = Math.max(...news.map((room) => waiting[room]));
  return news.filter((room) => waiting[room] === worst);
}

function roomsOpen() {
  const bad = Object.entries(model.rooms).map(([room, { open, status }]) => [room, open ? BETTER_FIRST.indexOf(status) : 0]);
  return Object.fromEntries(bad.filter(([_room, rank]) => rank > 0));
}

function areasOf(rooms) {
  const places = rooms.map((room) => plans.findIndex((plan) => plan.querySelector(`[data-room="${CSS.escape(room)}"]`)));
  return places.filter((place) => place >= 0);
}

// The name of each area with the state of its worst room, so that none is out of sight.
function paintBar() {
  const order = model.site ? model.site.order : [];
  plans.forEach((plan, place) => {
    const ids = new Set([...plan.querySelectorAll(ROOMS)].map((room) => room.dataset.room));
    const worst = order.find((room) => ids.has(room));
    const status = document.documentElement.dataset.stale === "yes" || !worst ? "nodata" : model.rooms[worst].status;
    const name = bar.children[place];
    if (name.dataset.status === status) return;
    name.dataset.status = status;
    name.querySelector("use").setAttribute("href", `#s-${status}`);
  });
}
