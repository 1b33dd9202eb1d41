/** The bot's commands: a button that lists them, and a filter while "/" is typed. */

import { byId, element } from "./dom.js";

/** Wires the list above the composer; `send(text)` sends a chosen command. */
export function commandMenu({ send }) {
  const box = byId("commands");
  const field = byId("text");
  const button = byId("menu-button");
  let commands = [];
  let active = -1;

  field.setAttribute("aria-controls", "commands");
  field.setAttribute("aria-autocomplete", "list");
  button.addEventListener("click", () => {
    if (box.hidden) {
      open(commands, -1);
      field.focus();
    } else close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!box.contains(event.target) && !byId("composer").contains(event.target)) close();
  });
  // Pressing an option must not take the focus out of the field.
  box.addEventListener("pointerdown", (event) => event.preventDefault());

  function open(listed, marked) {
    box.replaceChildren(...listed.map(option));
    box.hidden = listed.length === 0;
    button.setAttribute("aria-expanded", String(!box.hidden));
    mark(marked);
  }

  function option({ command, description }, index) {
    return element(
      "div",
      { class: "option", role: "option", id: `command-${index}`, "data-command": command, onclick: () => choose(command) },
      element("b", {}, `/${command}`),
      element("span", { dir: "auto" }, description),
    );
  }

  function mark(index) {
    const options = [...box.children];
    active = options.length === 0 ? -1 : index;
    options.forEach((each, at) => each.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) {
      options[active].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", options[active].id);
    } else field.removeAttribute("aria-activedescendant");
  }

  function close() {
    box.hidden = true;
    box.replaceChildren();
    button.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function choose(command) {
    close();
    send(`/${command}`);
  }

  return {
    close,
    setCommands(listed) {
      commands = listed;
      button.hidden = listed.length === 0;
      close();
    },
    /** Lists what begins like the text, as long as it is nothing but a command. */
    filter(text) {
      const typed = text.match(/^\/([a-z0-9_]*)$/i)?.[1].toLowerCase();
      if (typed === undefined) return close();
      const found = commands.filter(({ command }) => command.startsWith(typed));
      return open(found, 0);
    },
    /** Deals with a key of the field; answers whether the key was meant for the list. */
    key(event) {
      if (box.hidden) return false;
      const count = box.children.length;
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") mark((active + 1) % count);
      else if (event.key === "ArrowUp") mark((active - 1 + count) % count);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") return take(event);
      else return false;
      event.preventDefault();
      return true;
    },
  };

  function take(event) {
    if (active < 0) return false;
    event.preventDefault();
    const { command } = box.children[active].dataset;
    if (event.key === "Tab") {
      field.value = `/${command} `;
      field.dispatchEvent(new Event("input"));
    } else choose(command);
    return true;
  }
}

