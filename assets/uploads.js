// Places for files (app/components/file_place.py): what Dash leaves unsaid of them.

import { say } from "./words.js";

// The field is named by the words that are read there: Dash gives it no name of its own.
export function uploads() {
  for (const field of document.querySelectorAll("input[type=file]:not([aria-label])")) {
    field.setAttribute("aria-label", field.parentElement.textContent.trim());
  }
}

function refusal(file, { largest, endings }) {
  const name = file.name;
  if (!endings.split(",").some((ending) => name.toLowerCase().endsWith(ending))) {
    return say("{name} cannot be taken: its name has to end with {endings}.", { name, endings: endings.replaceAll(",", say(" or ")) });
  }
  if (file.size <= Number(largest)) return "";
  return say("{name} cannot be taken: it is larger than {most} MB.", { name, most: Math.floor(largest / 1e6) });
}

// Before Dash hears of it, which drops a file that it does not want without a word.
function told(event) {
  const place = event.target.closest?.("[data-largest]");
  const file = (event.dataTransfer || event.target).files?.[0];
  if (place && file) place.querySelector("[role=alert]").textContent = refusal(file, place.dataset);
}
addEventListener("change", told, true);
addEventListener("drop", told, true);
