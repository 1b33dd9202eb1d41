/** The bar at the top: the playground's time, the next reminder, and the buttons that move the clock. */

import { byId } from "./dom.js";
import { fullMoment, shortMoment, zone } from "./times.js";

/** Wires the bar. `jump(to)` asks the server and answers whether it was sent. */
export function clockBar(jump) {
  const buttons = [...document.querySelectorAll("[data-jump]")];
  let ahead = 0; // milliseconds between the playground's clock and the browser's
  let next = null;
  let isMoving = false;
  let isAsked = false;
  let stoodAt = new Date();

  const now = () => (isMoving ? stoodAt : new Date(Date.now() + ahead));

  function show() {
    const moment = now();
    byId("clock-now").textContent = fullMoment(moment);
    byId("clock-now").dateTime = moment.toISOString();
    const waits = isMoving || isAsked;
    document.body.classList.toggle("clock-moving", waits);
    const words = waits ? "Moving the clock…" : nextInWords(next, moment);
    // A status that is written again is read out again.
    if (byId("clock-next").textContent !== words) byId("clock-next").textContent = words;
    for (const button of buttons) {
      button.disabled = waits || (button.dataset.jump === "next" && next === null);
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      isAsked = jump(button.dataset.jump);
      show();
    });
  }
  byId("clock-zone").textContent = zone;
  setInterval(show, 1000);

  return {
    now,
    /** Takes what "hello" or "clock" says. */
    set({ now: told, next: planned, jumping = false }) {
      stoodAt = new Date(told);
      ahead = stoodAt.getTime() - Date.now();
      next = planned ? new Date(planned) : null;
      isMoving = jumping;
      isAsked = false;
      show();
    },
    /** A jump that was asked for will not come. */
    giveUp() {
      isAsked = false;
      isMoving = false;
      show();
    },
    showJumps(are) {
      byId("clock-jumps").hidden = !are;
    },
  };
}

function nextInWords(next, now) {
  if (next === null) return "No reminder planned";
  if (next <= now) return "Next reminder: now";
  return `Next reminder: ${shortMoment(next, now)}`;
}
