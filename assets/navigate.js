// Links to our own pages change the page without loading it anew; "/" puts the cursor into the find box.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.getAttribute("href"), location.href);
  if (address.origin !== location.origin || link.hasAttribute("download") || link.hasAttribute("target")) return;
  if (address.pathname === location.pathname && address.search === location.search) return;
  event.preventDefault();
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
