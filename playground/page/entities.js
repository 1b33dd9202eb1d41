/** A text with Telegram's entities as DOM nodes. Offsets are UTF-16 code units, as in JavaScript. */

import { element } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]); // each ends its line
const FOUND = /(?<![\w/@.:-])\/[a-z0-9_]{1,32}(?:@\w+)?(?![\w/])|https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'»]/gi;
const OPENED_BY_BROWSERS = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * Renders a text. `actions.command(text)` is called for a bot command, `actions.link(url)` answers
 * whether the page itself has dealt with a link.
 */
export function render(text, entities, actions) {
  const known = withFound(text, entities ?? [])
    .map(({ offset, length, ...rest }) => ({ ...rest, start: offset, end: offset + length }))
    .filter(({ start, end }) => start >= 0 && start < end && start < text.length)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return renderPart(text, 0, text.length, known, actions);
}

// Telegram marks commands and addresses in what bots send as well, unless they stand in something
// that is marked as a whole.
function withFound(text, entities) {
  const marked = entities.filter(({ type }) => type === "code" || type === "pre" || !isStyle(type));
  const free = ({ offset, length }) =>
    !marked.some((each) => offset < each.offset + each.length && each.offset < offset + length);
  const found = [...text.matchAll(FOUND)].map(({ 0: words, index }) => ({
    type: words.startsWith("/") ? "bot_command" : "url",
    offset: index,
    length: words.length,
  }));
  return [...entities, ...found.filter(free)];
}

const isStyle = (type) => type in TAGS || type === "spoiler" || BLOCKS.has(type);

function renderPart(text, start, end, entities, actions) {
  const part = document.createDocumentFragment();
  let at = start;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const stop = Math.min(entity.end, end);
    const { inside, after } = divide(others, stop);
    part.append(text.slice(at, entity.start));
    const content = renderPart(text, entity.start, stop, inside, actions);
    part.append(dress(entity, content, text.slice(entity.start, stop), actions));
    at = BLOCKS.has(entity.type) && text[stop] === "\n" ? stop + 1 : stop;
    rest = after;
  }
  part.append(text.slice(at, end));
  return part;
}

// An entity that reaches beyond its outer one is cut there and goes on behind it.
function divide(entities, stop) {
  const inside = [];
  const after = [];
  for (const entity of entities) {
    if (entity.start < stop) inside.push({ ...entity, end: Math.min(entity.end, stop) });
    if (entity.end > stop) after.push({ ...entity, start: Math.max(entity.start, stop) });
  }
  return { inside, after };
}

function dress(entity, content, words, actions) {
  if (entity.type in TAGS) return element(TAGS[entity.type], {}, content);
  switch (entity.type) {
    case "pre":
      return preformatted(entity.language, content);
    case "blockquote":
      return element("blockquote", {}, content);
    case "expandable_blockquote":
      return folded(content);
    case "spoiler":
      return spoiler(content);
    case "bot_command":
      return command(content, words, actions);
    case "text_link":
      return link(entity.url, content, actions);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(words) ? words : `https://${words}`, content, actions);
    case "email":
      return link(`mailto:${words}`, content, actions);
    case "phone_number":
      return link(`tel:${words.replace(/[^+\d]/g, "")}`, content, actions);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return element("span", { class: "mention" }, content);
    default:
      return content;
  }
}

function preformatted(language, content) {
  const code = element("code", {}, content);
  return language
    ? element("pre", { "data-language": language }, element("span", { class: "language" }, language), code)
    : element("pre", {}, code);
}

function folded(content) {
  const quote = element("blockquote", { class: "folded" }, content);
  const unfold = element("button", { type: "button", class: "unfold", "aria-expanded": "false" }, "Show more");
  unfold.addEventListener("click", () => {
    const open = !quote.classList.toggle("folded");
    unfold.textContent = open ? "Show less" : "Show more";
    unfold.setAttribute("aria-expanded", String(open));
  });
  return element("div", { class: "quote-frame" }, quote, unfold);
}

function spoiler(content) {
  const hidden = element("span", { class: "spoiler-text", "aria-hidden": "true" }, content);
  hidden.inert = true;
  const cover = element(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show it" },
    hidden,
  );
  const show = () => {
    if (cover.classList.contains("shown")) return;
    cover.classList.add("shown");
    hidden.inert = false;
    hidden.removeAttribute("aria-hidden");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    show();
  });
  return cover;
}

function command(content, words, actions) {
  return element(
    "button",
    { type: "button", class: "command", onclick: () => actions.command(words) },
    content,
  );
}

function link(url, content, actions) {
  const safe = readAddress(url);
  if (safe === null) return element("span", { class: "mention" }, content);
  const anchor = element("a", { href: safe.href, target: "_blank", rel: "noopener noreferrer" }, content);
  anchor.addEventListener("click", (event) => {
    if (actions.link(safe.href)) event.preventDefault();
  });
  return anchor;
}

/** The address if it is one that may be opened (web, mail, phone, Telegram's own), else null. */
export function readAddress(url) {
  try {
    const read = new URL(url);
    return OPENED_BY_BROWSERS.has(read.protocol) || read.protocol === "tg:" ? read : null;
  } catch {
    return null;
  }
}

/** "/start PAYLOAD" where the link leads to this very bot, else null. */
export function startCommand(url, username) {
  const read = readAddress(url);
  if (read === null || !username) return null;
  const named =
    read.protocol === "tg:"
      ? read.searchParams.get("domain")
      : /^(www\.)?(t|telegram)\.me$/.test(read.hostname) && read.pathname.slice(1);
  if (typeof named !== "string" || named.toLowerCase() !== username.toLowerCase()) return null;
  const payload = read.searchParams.get("start");
  return payload ? `/start ${payload}` : "/start";
}
