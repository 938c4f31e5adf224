// A page that lacks the records loads itself again once they are back, but never under somebody who is writing.

import { model } from "./model.js";

const LACKING = "[data-records=away]";
let away = false;

export function comeBack() {
  if (model.site?.without_records) away = true;
  if (away && model.reached && !model.site.without_records && !isWriting()) {
    away = false;
    if (document.querySelector(LACKING)) location.reload();
  }
}

function isWriting() {
  return Boolean(document.querySelector("dialog[open], [role=dialog]")) || [...document.querySelectorAll("textarea")].some((field) => field.value);
}
