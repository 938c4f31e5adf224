// Boxes to choose several alarms by (app/components/choosing.py). Which are chosen is kept here, so that a list that
// is drawn anew keeps them; what is in it no longer is chosen no longer.

const chosen = new Set();

// Put the boxes in, and forget what has gone; to be called after the page has changed.
export function choose() {
  const places = [...document.querySelectorAll("[data-choose]")];
  const there = new Set(places.map((place) => place.dataset.choose));
  for (const alarm of chosen) if (!there.has(alarm)) chosen.delete(alarm);
  for (const place of places) {
    if (!place.firstElementChild) place.append(document.createElement("input"));
    const box = place.firstElementChild;
    box.type = "checkbox";
    box.setAttribute("aria-label", place.dataset.words);
    box.checked = chosen.has(place.dataset.choose);
  }
  tell(places.length);
}

let told = "";

function tell(all) {
  const bar = document.getElementById("choosing");
  if (!bar) {
    told = "";
    return;
  }
  if (bar.hidden !== !chosen.size) bar.hidden = !chosen.size;
  const count = bar.querySelector("[data-chosen]");
  const words = count.dataset.words.replace("{n}", chosen.size).replace("{all}", all);
  if (count.textContent !== words) count.textContent = words;
  const now = JSON.stringify([...chosen]);
  if (now !== told) window.dash_clientside.set_props("chosen-alarms", { data: [...chosen] });
  told = now;
}

document.addEventListener("change", (event) => {
  const alarm = event.target.closest("[data-choose]")?.dataset.choose;
  if (!alarm) return;
  if (event.target.checked) chosen.add(alarm);
  else chosen.delete(alarm);
  choose();
});

document.addEventListener("click", (event) => {
  const every = event.target.closest("[data-choose-all]")?.dataset.chooseAll;
  if (!every) return;
  chosen.clear();
  if (every === "yes") document.querySelectorAll("[data-choose]").forEach((place) => chosen.add(place.dataset.choose));
  choose();
});
