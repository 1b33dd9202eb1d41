/** What lies over the page for a moment: toasts, menus, questions, a photo at full size. */

import { byId, element, icon } from "./dom.js";

/** Says something in passing; longer words stay longer. */
export function toast(text) {
  const said = element("p", { class: "toast", dir: "auto" }, text);
  byId("toasts").append(said);
  setTimeout(() => said.classList.add("going"), 3000 + 50 * text.length);
  setTimeout(() => said.remove(), 3400 + 50 * text.length);
}

/** Says something that must be put away; with `go` it is a question with that button's label. */
export function say(title, text, go = null) {
  const dialog = byId("words-dialog");
  byId("words-title").textContent = title;
  byId("words-text").textContent = text;
  byId("words-cancel").hidden = go === null;
  byId("words-go").textContent = go ?? "OK";
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  byId("words-go").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go"), { once: true });
  });
}

/** Shows a photo as large as the window allows. */
export function enlarge(address, words) {
  const image = byId("viewer-image");
  image.src = address;
  image.alt = words;
  byId("viewer-download").href = address;
  byId("viewer-download").download = "photo";
  byId("viewer").showModal();
}

/**
 * Opens a menu next to `near` (an element or a point {x, y}).
 * items: [{label, icon, run, danger?}].
 */
export function openMenu(near, items) {
  const opener = document.activeElement;
  // Not "auto": a browser may take the release of the press that opened it for one beside it.
  const menu = element("div", { class: "menu", role: "menu", popover: "manual" });
  const beside = (event) => menu.contains(event.target) || menu.hidePopover();
  for (const { label, icon: name, run, danger } of items) {
    const choose = () => {
      menu.hidePopover();
      run();
    };
    const attributes = { type: "button", role: "menuitem", class: danger ? "danger" : null, onclick: choose };
    menu.append(element("button", attributes, icon(name), label));
  }
  menu.addEventListener("keydown", walk);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    document.removeEventListener("pointerdown", beside, true);
    if (menu.contains(document.activeElement)) opener?.focus?.({ preventScroll: true });
    menu.remove();
  });
  document.body.append(menu);
  document.addEventListener("pointerdown", beside, true);
  menu.showPopover();
  place(menu, near);
  menu.firstElementChild.focus({ focusVisible: false });
}

function place(menu, near) {
  const box = near instanceof Element ? near.getBoundingClientRect() : new DOMRect(near.x, near.y, 0, 0);
  const { width, height } = menu.getBoundingClientRect();
  const below = box.bottom + 6;
  const top = below + height < innerHeight - 8 ? below : box.top - height - 6;
  const left = near instanceof Element ? box.right - width : box.left;
  menu.style.setProperty("top", `${Math.max(8, top)}px`);
  menu.style.setProperty("left", `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`);
}

function walk(event) {
  if (event.key === "Escape") event.currentTarget.hidePopover();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.children];
  all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
}

/** Wires what all dialogs share: Cancel, the cross, and a press beside the card close them. */
export function wireDialogs() {
  byId("words-go").addEventListener("click", () => byId("words-dialog").close("go"));
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const button of dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => dialog.close());
    }
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
  byId("viewer").addEventListener("close", () => byId("viewer-image").removeAttribute("src"));
}
