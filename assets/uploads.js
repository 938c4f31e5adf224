// The field of a place for files is named by the words that are read there: Dash gives it no name of its own.
export function uploads() {
  for (const field of document.querySelectorAll("input[type=file]:not([aria-label])")) {
    field.setAttribute("aria-label", field.parentElement.textContent.trim());
  }
}
