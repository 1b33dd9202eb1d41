/** Elements without markup: whatever a bot sends becomes text nodes, never HTML. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. Attributes that are null, undefined or false are left out; `on…` are listeners;
 * children are nodes or text, null is skipped.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Makes an SVG element out of plain attributes. */
export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** One of the symbols at the top of index.html. */
export function icon(name) {
  const use = drawing("use", { href: `#icon-${name}` });
  return drawing("svg", { class: "icon", "aria-hidden": "true" }, use);
}

/** A coloured disc with the name's first letter; the colour follows from the key. */
export function dressAvatar(disc, name, key) {
  const first = [...(name || "?").trim()][0] ?? "?";
  disc.textContent = first.toUpperCase();
  disc.dataset.colour = String(Math.abs(key) % 7);
  return disc;
}

/** Runs a change of the list while the message in view stays where it is, or the end stays the end. */
export function keepingPlace(scroller, change) {
  const atEnd = isAtEnd(scroller);
  const top = scroller.getBoundingClientRect().top;
  const anchor = atEnd
    ? null
    : [...scroller.querySelectorAll(".row")].find(
        (row) => row.getBoundingClientRect().bottom > top,
      );
  const before = anchor?.getBoundingClientRect().top ?? 0;
  change();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  else if (anchor?.isConnected) {
    scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }
}

/** Whether the newest message is in view, give or take a line. */
export function isAtEnd(scroller) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
}

/** sessionStorage or localStorage that may be switched off: then nothing is remembered. */
export function remember(storage, name, value) {
  try {
    if (value === null) window[storage].removeItem(name);
    else window[storage].setItem(name, value);
  } catch {
    // Nothing to do: a page without storage works, it only forgets on reload.
  }
}

export function recall(storage, name) {
  try {
    return window[storage].getItem(name);
  } catch {
    return null;
  }
}
