// Single-letter keys of the list; they can be switched off (WCAG 2.1.4).
const help = document.getElementById("keys");
const box = help.querySelector("[data-keys-switch]");
const OFF = "keys-off";
const rows = [...document.querySelectorAll(".sheet tbody tr")];
let at = -1;

box.checked = localStorage.getItem(OFF) === null;
box.addEventListener("change", () => {
  if (box.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});
for (const one of document.querySelectorAll("[data-keys-help]")) {
  one.addEventListener("click", () => help.showModal());
}

function move(step) {
  if (!rows.length) return;
  rows[at]?.classList.remove("here");
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at].classList.add("here");
  (rows[at].querySelector("th a") ?? rows[at].querySelector("a, input"))?.focus();
}

const acts = {
  "/": () => {
    const search = document.querySelector("[data-search]");
    search?.focus();
    search?.select();
  },
  j: () => move(1),
  k: () => move(-1),
  x: () => rows[at]?.querySelector("input[name=pk]")?.click(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (!box.checked || busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
