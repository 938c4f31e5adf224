// Who does nothing is signed out, whatever comes in meanwhile: so the server is told when somebody does something.
// A minute before, the person is asked. All tabs of a browser are one session, and share when it ends.

import { say } from "./words.js";

const WARNING = 60_000; // ms before the end
const PAUSE = 20_000; // ms between two times that the server is told
const ENDS = "cleanwatch-session-ends";
const dialog = document.createElement("dialog");
let told = 0;
let asking = false;

function ends() {
  return Number(localStorage.getItem(ENDS)) || Infinity;
}

// What the server says; where nobody is signed in any more, refused.js leads to the sign-in page and back.
async function ask(method) {
  if (asking) return;
  asking = true;
  try {
    const token = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie)?.[1] || "";
    const path = method === "POST" ? "/session/active" : "/session";
    const reply = await fetch(path, { method, cache: "no-store", headers: { "X-CSRFToken": token } });
    if (!reply.ok) return;
    const { left } = await reply.json();
    localStorage.setItem(ENDS, left === null ? "" : String(Date.now() + left));
  } catch {
    // not reached: the page says so itself, and the next try is a second away
  } finally {
    asking = false;
  }
}

function acted() {
  if (dialog.open || Date.now() - told < PAUSE) return;
  told = Date.now();
  ask("POST");
}

function look() {
  const left = ends() - Date.now();
  if (left <= 0) ask("GET");
  else if (left <= WARNING && !dialog.open) dialog.showModal();
  else if (left > WARNING && dialog.open) dialog.close();
  const span = `${Math.max(0, Math.ceil(left / 1000))} s`;
  const words = say("You are signed out in {span}, since nobody has done anything here. Alarms go on.", { span });
  if (dialog.open) dialog.querySelector("p").textContent = words;
}

dialog.className = "leaving";
dialog.setAttribute("aria-labelledby", "leaving-title");
dialog.innerHTML = '<h2 id="leaving-title"></h2><p></p><button class="btn p l" autofocus></button>';
dialog.querySelector("h2").textContent = say("Are you still there?");
dialog.querySelector("button").textContent = say("Stay signed in");
dialog.querySelector("button").addEventListener("click", async () => {
  await ask("POST");
  look();
});
document.body.append(dialog);
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, acted, { capture: true, passive: true });
}
ask("GET").then(look);
setInterval(look, 1000);
