// Runs before the first paint, so that a remembered choice never flashes in the other colours.
(() => {
  let remembered = null;
  try {
    remembered = localStorage.getItem("theme");
  } catch {
    // Storage may be switched off: the system's colours it is.
  }
  if (remembered === "light" || remembered === "dark") {
    document.documentElement.dataset.theme = remembered;
  }
})();
