// Light or dark, before anything is drawn. The choice is kept under the name that the form components read, too.
"use strict";
(function () {
  const KEY = "mantine-color-scheme-value";
  const root = document.documentElement;

  function show(theme) {
    root.dataset.theme = theme;
    root.dataset.mantineColorScheme = theme;
  }

  function chosen() {
    const kept = localStorage.getItem(KEY);
    if (kept === "light" || kept === "dark") return kept;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  show(chosen());
  localStorage.setItem(KEY, chosen());
  addEventListener("storage", (event) => { if (event.key === KEY) show(chosen()); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme")) return;
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, theme);
    show(theme);
  });
})();
