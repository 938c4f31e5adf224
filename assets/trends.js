// What the trend page does in the browser: figures in the colours of the theme, and zooming into the address.
// A plain script, not a module: Dash looks for its functions as soon as it starts.
"use strict";
(function () {
  const FIXED = /^--[\w-]+$/;

  // A copy of a figure with the theme's colour for each token name; typed arrays stay as they are.
  function coloured(part, colour) {
    if (typeof part === "string") return FIXED.test(part) ? colour(part) : part;
    if (Array.isArray(part)) return part.map((each) => coloured(each, colour));
    if (part === null || typeof part !== "object" || part.bdata) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, coloured(value, colour)]));
  }

  // The theme's colours by token name. A browser takes long to say one, and a figure names a few thousands of times.
  function colours() {
    const styles = getComputedStyle(document.documentElement);
    const known = new Map();
    return (token) => {
      if (!known.has(token)) known.set(token, styles.getPropertyValue(token).trim());
      return known.get(token);
    };
  }

  // Fewer words, so that they fit on a phone.
  function narrow(layout) {
    const some = (list) => list.filter((_, index) => index % 3 === 0);
    const { tickvals, ticktext } = layout.xaxis;
    if (tickvals) Object.assign(layout.xaxis, { tickvals: some(tickvals), ticktext: some(ticktext) });
    for (const label of layout.annotations) if (label.name === "title") label.text = label.text.replace(/ *<span.*/, "");
    layout.margin.l = 66;
  }

  function paint(figure) {
    if (!figure) return [{ data: [], layout: {} }, { display: "none" }];
    const painted = coloured(figure, colours());
    if (matchMedia("(pointer: coarse)").matches) painted.layout.dragmode = false; // a finger scrolls the page
    if (innerWidth < 760) narrow(painted.layout);
    return [painted, { height: `${figure.layout.height}px` }];
  }

  // An address of ours is to be read by people.
  function address(query) {
    return `?${query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
  }

  const TIME = ["range", "from", "to"];

  // The address but for which time it tells; unchanged where only that is another, so that the list of points stays.
  function chosen(search, known) {
    const query = new URLSearchParams(search);
    for (const name of TIME) if (query.has(name)) query.set(name, "");
    return query.toString() === known ? window.dash_clientside.no_update : query.toString();
  }

  // A point of the list leads to the time that is shown now. Where the address tells none, the list knows it.
  function keepTime(event) {
    const link = event.target.closest?.("#trend-points [data-words] a");
    const here = new URLSearchParams(location.search);
    const told = TIME.filter((name) => here.has(name));
    if (!link || !told.length) return;
    const query = new URL(link.href).searchParams;
    for (const name of TIME) query.delete(name);
    for (const name of told) query.set(name, here.get(name));
    link.setAttribute("href", location.pathname + address(query));
  }

  for (const how of ["pointerdown", "focusin", "click"]) addEventListener(how, keepTime, true); // before it is followed

  // What a zoom makes of the address: a stretch of its own; a double click returns to the range that ends now.
  function zoom(change, search) {
    const unchanged = window.dash_clientside.no_update;
    const query = new URLSearchParams(search);
    const range = change && (change["xaxis.range"] || [change["xaxis.range[0]"], change["xaxis.range[1]"]]);
    if (change && change["xaxis.autorange"]) {
      if (!query.has("range") || !query.has("from")) return unchanged;
      query.delete("from");
      query.delete("to");
    } else if (range && Number.isFinite(range[0]) && Number.isFinite(range[1])) {
      query.set("from", new Date(Math.floor(range[0])).toISOString());
      query.set("to", new Date(Math.ceil(range[1])).toISOString());
    } else {
      return unchanged;
    }
    return address(query);
  }

  // The reading, or the bucket, that was clicked: its point and where it is drawn.
  function pick(click, figure) {
    const hit = click && click.points.find((each) => figure.data[each.curveNumber]?.customdata?.shape);
    return hit ? { point: figure.data[hit.curveNumber].name, x: hit.x } : window.dash_clientside.no_update;
  }

  // How far the reading is shows as long as a picture is waited for. Dash would end that with the first answer, also
  // where it is an older one that was dropped for a newer.
  let awaited = 0;

  function wait(more) {
    awaited += more;
    if (!document.getElementById("trend-reading")) return;
    window.dash_clientside.set_props("trend-reading", { hidden: !awaited });
    window.dash_clientside.set_props("trend-look", { disabled: !awaited });
  }

  const ask = window.fetch;
  window.fetch = async (...request) => {
    if (!String(request[1]?.body).includes('"output":"..trend-figure.data')) return ask(...request);
    wait(1);
    try {
      return await ask(...request);
    } finally {
      wait(-1);
    }
  };

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { trends: { paint, chosen, zoom, pick } });

  // The link to what is shown is put on the clipboard as it is followed, where the browser lets us.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-link]");
    if (link) navigator.clipboard?.writeText(link.href).catch(() => {});
  });

  new MutationObserver(() => {
    if (!document.querySelector("#trend-graph, #levels-graph, #excursion-graph")) return;
    window.dash_clientside.set_props("trend-theme", { data: document.documentElement.dataset.theme });
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
})();
