// A box that filters the list beside it: entries carry their words, groups open where something is found.
// The section says in data-matches whether anything is left.
// Dash knows nothing of it, so typing costs no round trip; and groups stay as people left them when the list is new.

const opened = new Map();
document.addEventListener("toggle", (event) => opened.set(event.target.dataset.key, event.target.open), true);

// Put the boxes in, and filter lists that are new; to be called after the page has changed.
export function filters() {
  for (const place of document.querySelectorAll("[data-filter]")) {
    if (!place.firstElementChild) place.append(box(place));
    filter(place.firstElementChild);
  }
}

function box(place) {
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = place.dataset.filter;
  input.setAttribute("aria-label", place.dataset.filter);
  input.addEventListener("input", () => filter(input));
  return input;
}

function filter(input) {
  const wanted = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const section = input.closest("section");
  const entries = [...section.querySelectorAll("[data-words]")];
  for (const entry of entries) entry.hidden = !wanted.every((word) => entry.dataset.words.includes(word));
  section.dataset.matches = entries.some((entry) => !entry.hidden) ? "yes" : "no";
  for (const group of section.querySelectorAll("details")) {
    const found = [...group.querySelectorAll("[data-words]")].some((entry) => !entry.hidden);
    group.hidden = !found;
    const open = wanted.length ? found : opened.get(group.dataset.key) ?? group.open;
    if (group.open !== open) group.open = open;
  }
}
