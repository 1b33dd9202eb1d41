/** The side list: several people side by side, each with a chat of their own. */

import { gist } from "./bubble.js";
import { byId, dressAvatar, element, icon } from "./dom.js";
import { timeOfDay } from "./times.js";

const LANGUAGES = ["en", "de", "es", "fr", "it", "pt", "pl", "uk", "ru", "tr", "ar", "he", "fa", "hi", "zh", "ja", "ko"];
const names = new Intl.DisplayNames("en", { type: "language" });

/** "German" for "de"; a code nobody knows stays as it is. */
export function languageName(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Wires the list. `open(id)` shows a person's chat, `add({name, language})` asks for a new one. */
export function peopleList({ open, add }) {
  byId("people-open").addEventListener("click", () => setDrawer(true));
  byId("people-close").addEventListener("click", () => setDrawer(false));
  byId("scrim").addEventListener("click", () => setDrawer(false));
  byId("people").addEventListener("keydown", (event) => event.key === "Escape" && setDrawer(false));
  wireAdding(add);

  return {
    /** people as the server tells them; `last(id)` the newest message known, `typing` a set of ids. */
    show(people, openId, { last, typing }) {
      const held = document.activeElement?.dataset?.person;
      const entries = people.map((person) =>
        entry(person, person.id === openId, last(person.id), typing.has(person.id), () => {
          setDrawer(false);
          open(person.id);
        }),
      );
      byId("people-list").replaceChildren(...entries);
      if (held) byId("people-list").querySelector(`[data-person="${held}"]`)?.focus();
      const unread = people.reduce((sum, person) => sum + (person.unread ?? 0), 0);
      byId("people-unread").hidden = unread === 0;
      byId("people-unread").textContent = String(unread);
      byId("people-open").setAttribute("aria-label", unread ? `People, ${unread} unread` : "People");
    },
  };
}

function entry(person, isOpen, last, isTyping, choose) {
  const line = isTyping ? "typing…" : last ? lastLine(last) : `Speaks ${languageName(person.language)}`;
  const button = element(
    "button",
    { type: "button", class: "person", "aria-current": isOpen ? "true" : null, onclick: choose },
    dressAvatar(element("span", { class: "avatar", "aria-hidden": "true" }), person.name, person.id),
    element(
      "span",
      { class: "person-words" },
      element("span", { class: "person-name", dir: "auto" }, person.name),
      element("span", { class: isTyping ? "person-line typing" : "person-line", dir: "auto" }, line),
    ),
    element(
      "span",
      { class: "person-side" },
      last ? element("span", { class: "person-time" }, timeOfDay(new Date(last.date))) : null,
      person.blocked ? element("span", { class: "person-blocked", role: "img", "aria-label": "has blocked the bot" }, icon("block")) : null,
      person.unread ? element("span", { class: "badge", "aria-label": `${person.unread} unread` }, String(person.unread)) : null,
    ),
  );
  button.dataset.person = String(person.id);
  return element("li", {}, button);
}

function lastLine(message) {
  return message.from === "person" ? `You: ${gist(message)}` : gist(message);
}

/** On a phone the list is a drawer: while it is open the chat behind it cannot be reached. */
function setDrawer(isOpen) {
  const wasOpen = document.body.classList.contains("drawer-open");
  if (isOpen === wasOpen) return;
  document.body.classList.toggle("drawer-open", isOpen);
  byId("scrim").hidden = !isOpen;
  byId("chat").inert = isOpen;
  byId("people-open").setAttribute("aria-expanded", String(isOpen));
  byId(isOpen ? "people-close" : "people-open").focus();
}

function wireAdding(add) {
  const select = byId("person-language");
  select.append(...LANGUAGES.map((code) => element("option", { value: code }, languageName(code))));
  byId("add-person").addEventListener("click", () => {
    byId("person-form").reset();
    byId("person-dialog").showModal();
    byId("person-name").focus();
  });
  byId("person-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId("person-name").value.trim();
    if (!name) return;
    if (add({ name, language: select.value })) {
      byId("person-dialog").close();
      setDrawer(false);
    }
  });
}
