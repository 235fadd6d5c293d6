// Runs before the first paint, so that a page never flashes in the other theme.
(() => {
  const root = document.documentElement;
  root.dataset.scripts = "";
  try {
    const theme = localStorage.getItem("lightgate.theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch {
    // storage is switched off: the system's theme it is
  }
})();
