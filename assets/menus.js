// Menus (a details element of class "menu") fold at a choice, at a touch elsewhere and at Escape.

document.addEventListener("click", (event) => {
  const opener = event.target.closest(".menu > summary");
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (menu !== opener?.parentElement) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
