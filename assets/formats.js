// Ages and times, for what ticks in the browser. app/formats.py writes them the same way.

import { language, say } from "./words.js";

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const LOCALE = language === "en" ? "en-GB" : language; // of the kinds of English the one with the day before the month

// How long ago: 0.8 s, 42 s, 14 min, 20 h, 3 days.
export function age(span) {
  span = Math.max(0, span);
  if (span < 2 * SECOND) return `${decimal(Math.floor(span / 100) / 10, 1)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`;
  return say("{n} days", { n: Math.floor(span / DAY) });
}

// How long until something is due: in 42 s, in 4 min, now.
export function until(span) {
  return span < SECOND ? say("now") : say("in {span}", { span: age(span) });
}

const numbers = new Map(); // a format is made once: making one takes longer than writing a hundred numbers
const writers = new Map();

// 1,234.5, with a true minus
export function decimal(value, decimals) {
  if (!numbers.has(decimals)) {
    numbers.set(decimals, new Intl.NumberFormat(LOCALE, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  const written = numbers.get(decimals).format(Math.abs(value));
  return value < 0 && /[1-9]/.test(written) ? `−${written}` : written;
}

function written(instant, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!writers.has(key)) writers.set(key, new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }));
  return writers.get(key).format(instant);
}

// 10:18:42
export function clock(instant, zone) {
  return written(instant, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

// Tue 17 Nov
export function day(instant, zone) {
  return written(instant, zone, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
}
