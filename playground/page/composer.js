/** Where a person writes: the field, drafts, the reply bar, the bot's keyboard, attachments. */

import { gist } from "./bubble.js";
import { commandMenu } from "./commands.js";
import { byId, element, recall, remember } from "./dom.js";
import { openMenu, say, toast } from "./overlays.js";
import { placesDialog } from "./places.js";

export const LONGEST = 4096; // Telegram's limit of one message, in UTF-16 code units
const LARGEST_FILE = 10_000_000; // bytes; in base64 it still fits into one message of the socket

/**
 * Wires the composer. `actions`: sendText(text, replyTo), sendLocation(latitude, longitude),
 * sendDocument({name, mime, content}), unblock(), botName(); the first three answer whether it went out.
 */
export function composer(actions) {
  const field = byId("text");
  let person = null;
  let replyTo = null; // the message
  let keyboard = null;
  let wasOpened = false;
  const menu = commandMenu({ send: (text) => sendAside(text, true) });
  const askForPlace = placesDialog(actions.sendLocation);

  function sendTyped() {
    const text = field.value.trim();
    if (!text) return;
    const parts = split(text);
    for (const [at, part] of parts.entries()) {
      if (!actions.sendText(part, at === 0 ? (replyTo?.message_id ?? null) : null)) {
        field.value = parts.slice(at).join("\n");
        return;
      }
    }
    setReply(null);
    setText("");
  }

  // A command or a key of the bot's keyboard: what is being written stays, unless it was the "/" itself.
  function sendAside(text, replacesSlash = false) {
    if (!actions.sendText(text, null)) return;
    if (replacesSlash && /^\/\S*$/.test(field.value.trim())) setText("");
    focus();
  }

  function setText(text) {
    field.value = text;
    menu.close();
    changed();
  }

  function changed() {
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${field.scrollHeight}px`);
    byId("composer").classList.toggle("has-text", field.value.trim() !== "");
    keepDraft();
  }

  function keepDraft() {
    if (person === null) return;
    const draft = { text: field.value, reply_to: replyTo?.message_id ?? null };
    const isEmpty = draft.text === "" && draft.reply_to === null;
    remember("sessionStorage", `draft:${person}`, isEmpty ? null : JSON.stringify(draft));
  }

  function setReply(message) {
    replyTo = message;
    byId("reply-bar").hidden = message === null;
    if (message) {
      byId("reply-name").textContent = message.from === "bot" ? actions.botName() : "You";
      byId("reply-text").textContent = gist(message);
    }
    keepDraft();
  }

  // Whoever folded the keyboard away has peace until the bot brings another one.
  function setKeyboard(found, isOpen) {
    if (found === keyboard && isOpen === wasOpened) return;
    keyboard = found;
    wasOpened = isOpen;
    byId("keyboard-toggle").hidden = found === null;
    byId("reply-keyboard").replaceChildren(...(found?.keyboard ?? []).map(keyRow));
    openKeyboard(found !== null && isOpen);
  }

  function keyRow(buttons) {
    return element("div", { class: "keys" }, ...buttons.map(replyKey));
  }

  function replyKey(button) {
    const label = element("span", { class: "key-label", dir: "auto" }, button.text);
    return element("button", { type: "button", class: "key", "data-style": button.style ?? null, onclick: () => pressKey(button) }, label);
  }

  function pressKey(button) {
    if (button.request_location) askForPlace();
    else if (button.request_contact) toast("The playground’s people have no phone number to share.");
    else sendAside(button.text);
  }

  function openKeyboard(isOpen) {
    byId("reply-keyboard").hidden = !isOpen;
    byId("keyboard-toggle").setAttribute("aria-expanded", String(isOpen));
  }

  function focus() {
    if (matchMedia("(hover: hover)").matches) field.focus({ preventScroll: true });
  }

  field.addEventListener("input", () => {
    changed();
    menu.filter(field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || menu.key(event)) return;
    if (event.key === "Escape" && replyTo) setReply(null);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    sendTyped();
  });
  byId("send").addEventListener("click", () => {
    sendTyped();
    focus();
  });
  byId("reply-cancel").addEventListener("click", () => {
    setReply(null);
    focus();
  });
  byId("keyboard-toggle").addEventListener("click", () => openKeyboard(byId("reply-keyboard").hidden));
  byId("unblock").addEventListener("click", actions.unblock);
  byId("attach").addEventListener("click", () =>
    openMenu(byId("attach"), [
      { label: "Location", icon: "place", run: askForPlace },
      { label: "File", icon: "file", run: () => byId("file").click() },
    ]),
  );
  byId("file").addEventListener("change", () => attach(actions.sendDocument));

  return {
    /** Changes over to a person's draft; `find(id)` knows the message it replies to. */
    open(id, find) {
      person = null;
      const { text, reply_to: id_ } = JSON.parse(recall("sessionStorage", `draft:${id}`) ?? "{}");
      setReply(find(id_) ?? null);
      setText(text ?? "");
      person = id;
      focus();
    },
    /** Puts back what was sent into a connection that broke. */
    putBack(text) {
      setText([text, field.value].filter(Boolean).join("\n"));
    },
    reply(message) {
      setReply(message);
      field.focus();
    },
    forget(messageId) {
      if (replyTo?.message_id === messageId) setReply(null);
    },
    setBlocked(isBlocked) {
      byId("composer").hidden = isBlocked;
      byId("blocked").hidden = !isBlocked;
      if (isBlocked) openKeyboard(false);
    },
    setKeyboard,
    setCommands: menu.setCommands,
  };
}

/** A text too long for one message in several, cut at a line or a word where there is one. */
export function split(text) {
  const parts = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const piece = rest.slice(0, LONGEST);
    const near = Math.max(piece.lastIndexOf("\n"), piece.lastIndexOf(" "));
    const at = near > LONGEST / 2 ? near : LONGEST - (/[\uD800-\uDBFF]$/.test(piece) ? 1 : 0);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return [...parts, rest];
}

async function attach(sendDocument) {
  const [file] = byId("file").files;
  byId("file").value = "";
  if (!file) return;
  if (file.size > LARGEST_FILE) {
    await say("Too large", "The playground takes files of up to 10 MB.");
    return;
  }
  const content = await inBase64(file);
  sendDocument({ name: file.name, mime: file.type || "application/octet-stream", content });
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
