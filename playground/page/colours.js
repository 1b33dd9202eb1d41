/** Light or dark: as the system has it, until the person chooses; theme.js knows the choice first. */

import { byId, remember } from "./dom.js";

const system = matchMedia("(prefers-color-scheme: dark)");

/** Wires the button that changes over. */
export function wireColours() {
  const root = document.documentElement;
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("localStorage", "theme", root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  }

  function show() {
    byId("theme").setAttribute("aria-pressed", String(isDark()));
    byId("theme").querySelector("use").setAttribute("href", isDark() ? "#icon-sun" : "#icon-moon");
  }
}
