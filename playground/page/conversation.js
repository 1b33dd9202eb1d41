/** The open person's conversation: days, rows, tails, and a scroll position that never jumps. */

import { fillRow, showPending } from "./bubble.js";
import { byId, element, isAtEnd, keepingPlace } from "./dom.js";
import { dayInWords, dayKey } from "./times.js";

const LONG_PRESS = 450; // milliseconds, as on phones

/** Wires the log. `context` is what bubbles need, plus now() and menu(message, point). */
export function conversation(context) {
  const log = byId("log");
  const inner = byId("log-inner");
  const rows = new Map(); // message_id -> row
  let unseen = 0;
  let sticks = true;
  let lastTop = 0;

  function show(history) {
    inner.setAttribute("aria-busy", "true");
    rows.clear();
    inner.replaceChildren();
    for (const message of history.values()) append(message);
    inner.removeAttribute("aria-busy");
    toEnd();
  }

  function append(message) {
    const row = fillRow(element("article", { tabindex: "-1" }), message, context);
    const at = new Date(message.date);
    let day = inner.lastElementChild;
    if (day === null || day.dataset.day !== dayKey(at)) {
      const label = element("h3", { class: "day-label" }, dayInWords(at, context.now()));
      day = element("section", { class: "day" }, label);
      day.dataset.day = dayKey(at);
      inner.append(day);
    }
    day.append(row);
    rows.set(message.message_id, row);
    link(row.previousElementSibling, row);
    return row;
  }

  // Of several messages in a row by the same side, the last one has the tail.
  function link(before, row) {
    const follows = before?.classList.contains("row") && side(before) === side(row);
    before?.classList.toggle("followed", Boolean(follows));
    row.classList.toggle("follows", Boolean(follows));
  }

  function add(message) {
    const mine = message.from === "person";
    const wasAtEnd = sticks;
    append(message).classList.add("new");
    if (mine || wasAtEnd) toEnd();
    else setUnseen(unseen + 1);
  }

  function replace(message) {
    const row = rows.get(message.message_id);
    if (!row) return;
    keepingPlace(log, () => {
      const held = row.contains(document.activeElement) ? document.activeElement : null;
      const kept = ["follows", "followed"].filter((name) => row.classList.contains(name));
      fillRow(row, message, context);
      row.classList.add(...kept);
      if (held) refocus(row, held);
    });
  }

  function remove(id) {
    const row = rows.get(id);
    if (!row) return;
    rows.delete(id);
    keepingPlace(log, () => {
      const { previousElementSibling: before, nextElementSibling: after, parentElement: day } = row;
      row.remove();
      if (after) link(before, after);
      else before?.classList.remove("followed");
      if (!day.querySelector(".row")) day.remove();
    });
  }

  function refreshPresses(id) {
    for (const button of rows.get(id)?.querySelectorAll("[data-data]") ?? []) {
      showPending(button, context.isPending(context.find(id), button.dataset.data));
    }
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    sticks = true;
    setUnseen(0);
  }

  function go(id) {
    const row = rows.get(id);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    row.focus({ preventScroll: true });
    row.classList.remove("pointed");
    requestAnimationFrame(() => row.classList.add("pointed"));
    setTimeout(() => row.classList.remove("pointed"), 1600);
  }

  function setUnseen(count) {
    unseen = count;
    byId("to-end-count").hidden = count === 0;
    byId("to-end-count").textContent = String(count);
    byId("to-end").hidden = sticks;
  }

  // Only whoever scrolls up leaves the end; a log that shrinks scrolls by itself and is put right.
  log.addEventListener("scroll", () => {
    sticks = isAtEnd(log) || (sticks && log.scrollTop >= lastTop);
    lastTop = log.scrollTop;
    setUnseen(sticks ? 0 : unseen);
  });
  // A window that shrinks, a keyboard that opens: the end stays the end.
  new ResizeObserver(() => sticks && toEnd()).observe(log);
  new ResizeObserver(() => sticks && toEnd()).observe(inner);
  byId("to-end").addEventListener("click", toEnd);
  watchPresses(inner, (row, point) => context.menu(context.find(Number(row.dataset.id)), point));
  inner.addEventListener("dblclick", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("button, a, .text")) return;
    context.reply(context.find(Number(row.dataset.id)));
  });

  return { show, add, replace, remove, refreshPresses, toEnd, go };
}

const side = (row) => (row.classList.contains("from-bot") ? "bot" : "person");

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The keyboard's user stays on the button with the same words, or the same place.
function refocus(row, held) {
  const buttons = [...row.querySelectorAll(".key")];
  const same = buttons.find((button) => button.dataset.data === held.dataset.data);
  (same ?? buttons[0] ?? row).focus({ preventScroll: true });
}

// A right click opens the menu; so does a long press, which not every phone reports as one.
function watchPresses(inner, open) {
  let timer = 0;
  inner.addEventListener("contextmenu", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("a") || String(getSelection())) return;
    event.preventDefault();
    clearTimeout(timer);
    open(row, { x: event.clientX, y: event.clientY });
  });
  inner.addEventListener("pointerdown", (event) => {
    clearTimeout(timer);
    const row = event.target.closest(".row");
    if (event.pointerType === "mouse" || !row || event.target.closest("button, a")) return;
    timer = setTimeout(() => open(row, { x: event.clientX, y: event.clientY }), LONG_PRESS);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) {
    inner.addEventListener(end, (event) => {
      if (end !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 6) clearTimeout(timer);
    });
  }
}
