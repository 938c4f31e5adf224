// What this tab knows of the site: the server's last full look with every delta since, and how fresh that is.

const STALE_AFTER = 4500; // ms without a sign of life from the station: a page says so within five seconds

export const model = {
  number: -1,
  site: null,
  station: null,
  points: {},
  rooms: {},
  unanswered: [],
  reached: true, // is there a stream at all?
  refusal: "", // the server's words when it has no place for one more
  offset: 0, // server's clock minus performance.now()
  alive: null, // performance.now() at the station's last sign of life
};

// Take a frame. False when frames are missing before it: then everything has to be fetched anew.
export function take(kind, frame) {
  const { number, look } = frame;
  if (kind === "delta") {
    if (number <= model.number) return true;
    if (number !== model.number + 1) return false;
    Object.assign(model.points, look.points);
    Object.assign(model.rooms, look.rooms);
  } else {
    model.points = look.points || {};
    model.rooms = look.rooms || {};
    model.unanswered = [];
  }
  if (look.unanswered) model.unanswered = look.unanswered;
  model.number = number;
  model.offset = look.now - performance.now();
  if (look.site) model.site = look.site;
  if (look.station) {
    model.station = look.station;
    const silent = kind === "full" ? Math.max(0, look.now - look.station.at) : 0;
    if (look.station.alive) model.alive = performance.now() - silent;
  }
  model.reached = true;
  model.refusal = "";
  return true;
}

// The server's clock, as it goes on in this tab.
export function now() {
  return model.number < 0 ? Date.now() : model.offset + performance.now();
}

// Since when nothing on the page may be believed any more, null while it may.
export function staleSince() {
  if (model.alive === null) return model.station ? model.station.at : 0;
  const dead = model.station && !model.station.alive;
  return dead || performance.now() - model.alive > STALE_AFTER ? model.offset + model.alive : null;
}
