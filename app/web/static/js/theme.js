// Before the first paint: scripts are there, and "auto" follows the system.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.themeChoice !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", apply);
  apply();
})();
