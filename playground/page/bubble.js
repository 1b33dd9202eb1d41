/** One message as a row of the conversation: bubble, stamp, and the keyboard under it. */

import { drawing, element, icon } from "./dom.js";
import { readAddress, render } from "./entities.js";
import { fullMoment, timeOfDay } from "./times.js";

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}){1,3}$/v;
const WIDEST_PHOTO = 420; // CSS pixels
const TALLEST_PHOTO = 420;

/**
 * Fills a row for a message. `context`: bot (its name), fileAddress(id), find(id) for the message
 * replied to, isPending(message, data), and what can be done: command, link, press, reply, photo, go.
 */
export function fillRow(row, message, context) {
  const name = message.from === "bot" ? context.bot : "You";
  row.className = `row from-${message.from}`;
  row.dataset.id = String(message.message_id);
  row.setAttribute("aria-label", `${name}, ${timeOfDay(new Date(message.date))}`);
  const shown = row.querySelector(".photo");
  const bubble = makeBubble(message, context, shown);
  const keyboard = message.inline_keyboard ? inlineKeyboard(message, context) : null;
  const column = element("div", { class: keyboard ? "column with-keyboard" : "column" }, bubble, keyboard);
  row.replaceChildren(column, replyButton(message, context));
  return row;
}

function makeBubble(message, context, shown) {
  const { text, caption, photo, document: file, location } = message;
  const bubble = element("div", { class: "bubble" });
  if (message.reply_to !== null && message.reply_to !== undefined) {
    bubble.append(quote(message.reply_to, context));
  }
  if (photo) {
    // An edit of the words or buttons must not make the picture load again.
    const isSame = shown?.dataset.file === photo.file_id && shown.dataset.caption === (caption ?? "");
    bubble.append(isSame ? shown : picture(photo, caption, context));
  }
  if (file) bubble.append(attachment(file, context));
  if (location) bubble.append(map(location));
  const words = text ?? caption;
  if (words) {
    const entities = text ? message.entities : message.caption_entities;
    const content = render(words, entities, context);
    const size = text && ONLY_EMOJI.test(text.trim()) ? "text emoji" : "text";
    bubble.append(element("div", { class: size, dir: "auto" }, content, stamp(message)));
  } else {
    bubble.classList.add("wordless");
    bubble.append(stamp(message));
  }
  if (photo) bubble.classList.add("with-photo");
  return bubble;
}

function stamp(message) {
  const at = new Date(message.date);
  return element(
    "span",
    { class: "stamp", dir: "ltr" },
    message.silent ? silentMark() : null,
    message.edited ? element("span", { class: "edited" }, "edited ") : null,
    element("time", { datetime: message.date, title: fullMoment(at) }, timeOfDay(at)),
  );
}

function silentMark() {
  const words = "Sent without a sound";
  return element("span", { class: "silent", role: "img", "aria-label": words, title: words }, icon("silent"));
}

function quote(id, context) {
  const target = context.find(id);
  const name = target ? (target.from === "bot" ? context.bot : "You") : "A message";
  return element(
    "button",
    { type: "button", class: "quote", onclick: () => context.go(id), "aria-label": `Reply to ${name}: ${gist(target)}` },
    element("b", {}, name),
    element("span", { dir: "auto" }, gist(target)),
  );
}

/** A message in a few words, for quotes and the list of people. */
export function gist(message) {
  if (!message) return "Deleted message";
  const words = (message.text ?? message.caption ?? "").replace(/\s+/g, " ").slice(0, 160);
  if (message.photo) return words ? `🖼 ${words}` : "Photo";
  if (message.document) return `📎 ${message.document.name || "File"}`;
  if (message.location) return "📍 Location";
  return words || "Message";
}

function picture({ file_id: id, width, height }, caption, context) {
  const address = context.fileAddress(id);
  const words = caption ? `Photo: ${caption}` : "Photo";
  const scale = Math.min(1, WIDEST_PHOTO / (width || 1), TALLEST_PHOTO / (height || 1));
  const image = element("img", {
    src: address,
    alt: words,
    width: width ? Math.round(width * scale) : null,
    height: height ? Math.round(height * scale) : null,
  });
  const open = () => context.photo(address, words);
  const look = { type: "button", class: "photo", "aria-label": `${words}. Enlarge`, onclick: open };
  return element("button", { ...look, "data-file": id, "data-caption": caption ?? "" }, image);
}

function attachment({ file_id: id, name, size }, context) {
  return element(
    "a",
    { class: "document", href: context.fileAddress(id), download: name || "file" },
    element("span", { class: "document-sign" }, icon("download")),
    element("span", { class: "document-words" }, element("b", { dir: "auto" }, name || "File"), sizeInWords(size)),
  );
}

function sizeInWords(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// No map from the internet: the globe's grid, thirty degrees a line, with the place on it.
function map({ latitude, longitude }) {
  const grid = drawing("g", { class: "map-grid" });
  for (let x = -150; x <= 150; x += 30) grid.append(drawing("path", { d: `M${x} -112V90` }));
  for (let y = -90; y <= 60; y += 30) {
    grid.append(drawing("path", { d: `M-180 ${y}H180`, class: y === 0 ? "equator" : "" }));
  }
  const at = `translate(${longitude} ${-latitude})`;
  const pin = drawing("path", { class: "map-pin", transform: at, d: "M0 0c-9-11-14-18-14-26a14 14 0 0 1 28 0c0 8-5 15-14 26z" });
  const eye = drawing("circle", { class: "map-eye", transform: at, cy: "-26", r: "5" });
  const sheet = drawing("svg", { viewBox: "-180 -112 360 202", class: "map", "aria-hidden": "true" }, grid, pin, eye);
  const words = `${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}`;
  return element("div", { class: "location" }, sheet, element("span", { class: "location-words" }, words));
}

function degrees(value, above, below) {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? below : above}`;
}

function inlineKeyboard(message, context) {
  const rows = message.inline_keyboard.map((buttons) =>
    element("div", { class: "keys" }, ...buttons.map((button) => inlineButton(message, button, context))),
  );
  return element("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons of the message" }, ...rows);
}

function inlineButton(message, button, context) {
  const look = { class: "key", "data-style": button.style ?? null };
  const label = element("span", { class: "key-label", dir: "auto" }, button.text);
  if (button.callback_data !== undefined) {
    const made = element("button", { type: "button", ...look, onclick: () => context.press(message, button.callback_data) }, label);
    made.dataset.data = button.callback_data;
    showPending(made, context.isPending(message, button.callback_data));
    return made;
  }
  if (button.url !== undefined) return urlButton(button.url, label, look, context);
  const copy = button.copy_text?.text;
  const act = () => (copy === undefined ? context.unknownButton() : context.copy(copy));
  return element("button", { type: "button", ...look, onclick: act }, label);
}

function urlButton(url, label, look, context) {
  const address = readAddress(url);
  if (address === null) return element("button", { type: "button", ...look, onclick: context.unknownButton }, label);
  const made = element("a", { ...look, href: address.href, target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
  made.addEventListener("click", (event) => {
    if (context.link(address.href)) event.preventDefault();
  });
  return made;
}

/** A pressed button turns until it is answered; it takes no second press meanwhile. */
export function showPending(button, isPending) {
  button.classList.toggle("pending", isPending);
  if (isPending) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function replyButton(message, context) {
  const reply = () => context.reply(message);
  return element("button", { type: "button", class: "reply-to round small", "aria-label": "Reply", onclick: reply }, icon("reply"));
}
