// A box that filters the list below it: entries carry their words, groups open where something is found.
// Dash knows nothing of it, so that typing costs no round trip.

function filter(box) {
  const wanted = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const list = box.closest("section");
  for (const group of list.querySelectorAll("details")) {
    let found = false;
    for (const entry of group.querySelectorAll("[data-words]")) {
      const fits = wanted.every((word) => entry.dataset.words.includes(word));
      entry.hidden = !fits;
      found ||= fits;
    }
    group.hidden = !found;
    if (wanted.length) group.open = found;
  }
}

function mount() {
  for (const place of document.querySelectorAll("[data-filter]")) {
    if (place.firstElementChild) continue;
    const box = document.createElement("input");
    box.type = "search";
    box.placeholder = place.dataset.filter;
    box.setAttribute("aria-label", place.dataset.filter);
    box.addEventListener("input", () => filter(box));
    place.append(box);
  }
  for (const box of document.querySelectorAll("[data-filter] input")) if (box.value) filter(box);
}

new MutationObserver(mount).observe(document.body, { childList: true, subtree: true });
