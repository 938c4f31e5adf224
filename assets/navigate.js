// Links to our own pages change the page without loading it anew; an address with #B101.DP1 shows that point;
// "/" puts the cursor into the find box.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.getAttribute("href"), location.href);
  if (address.origin !== location.origin || link.hasAttribute("download") || link.hasAttribute("target")) return;
  const here = address.pathname === location.pathname && address.search === location.search;
  if (here && address.hash) return; // a place on this page
  event.preventDefault();
  if (here) return;
  const elsewhere = address.pathname !== location.pathname;
  history.pushState({}, "", address);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  if (elsewhere) scrollTo(0, 0);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, [contenteditable]")) return;
  event.preventDefault();
  document.getElementById("find")?.focus();
});

// On a phone the navigation unfolds, and folds again at the next touch wherever that is.
function unfold(wanted) {
  const button = document.querySelector("#navigation .more");
  if (!button || (button.getAttribute("aria-expanded") === "true") === wanted) return;
  button.setAttribute("aria-expanded", String(wanted));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#navigation .more");
  unfold(button !== null && button.getAttribute("aria-expanded") === "false");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") unfold(false);
});

let arrived = "";

// Bring what the address points at into view, once it is there; to be called after the page has changed.
export function arrive() {
  const wanted = location.pathname + location.hash;
  if (wanted === arrived) return;
  document.querySelector("[data-found]")?.removeAttribute("data-found");
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (location.hash && !place) return;
  arrived = wanted;
  if (!place) return;
  place.dataset.found = "yes";
  place.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", arrive);
addEventListener("_dashprivate_pushstate", arrive);
