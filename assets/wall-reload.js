// A page that runs for weeks is loaded anew once a day, at a quiet hour of the site; and when the site has become
// another. Only when the server answers: a browser that finds nobody shows its own error for good.

const QUIET = 4; // o'clock
const HOUR = 3600000;

// What to call now and then, with the time and whether there is another reason to load the page anew.
export function reloadWhenQuiet(zone, loaded) {
  return async (now, reason) => {
    if (!reason && !isQuietDue(loaded, now, zone)) return;
    try {
      const reply = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
      if (reply.ok && !reply.redirected) location.reload();
    } catch {
      // nobody answers: it is tried again in a minute
    }
  };
}

// Has the quiet hour begun in the zone since the page was loaded?
export function isQuietDue(loaded, now, zone) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const quietDay = (instant) => day.format(instant - QUIET * HOUR);
  return quietDay(now) > quietDay(loaded);
}

// Are there rooms that this page was not drawn with, or are some of them gone?
export function anotherSite(model) {
  if (!model.site) return false;
  const drawn = Object.keys(JSON.parse(document.getElementById("rooms").textContent));
  return [...model.site.order].sort().join() !== drawn.sort().join();
}
