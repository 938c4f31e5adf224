// Buttons in the rows of long lists (app/components/asking.py): a press puts what it asks for into a store of Dash.

let presses = 0;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-asks]");
  if (!button) return;
  presses += 1; // so that the same button asks again
  window.dash_clientside.set_props(button.dataset.asks, { data: { ...JSON.parse(button.dataset.what), presses } });
});
