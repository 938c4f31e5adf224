// Texts in the language of the site. They stand in English in the scripts; the page carries them in another one
// (app/spoken.py).

const texts = JSON.parse(document.getElementById("words")?.textContent || "{}");

export const language = document.documentElement.lang || "en";

// The text in that language, with its values in place: say("Batch {batch}", { batch: run.batch }).
export function say(text, values = {}) {
  return (texts[text] || text).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
