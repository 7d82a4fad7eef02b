// Ticks, the tick of the head and the bar that appears with the first tick.
const bar = document.querySelector("[data-bulk]");
const ticks = [...document.querySelectorAll("input[name=pk]")];
const head = document.querySelector("[data-tick-all]");
const all = bar.querySelector("input[name=all]");
const count = bar.querySelector("[data-bulk-count]");
let last = null;

function show() {
  const ticked = ticks.filter((tick) => tick.checked).length;
  if (all && ticked < ticks.length) all.checked = false;
  bar.classList.toggle("on", ticked > 0);
  count.textContent = all?.checked ? bar.dataset.total : String(ticked);
  if (head) {
    head.checked = ticked > 0 && ticked === ticks.length;
    head.indeterminate = ticked > 0 && ticked < ticks.length;
  }
}

head?.addEventListener("change", () => {
  for (const tick of ticks) tick.checked = head.checked;
  show();
});

all?.addEventListener("change", () => {
  if (all.checked) for (const tick of ticks) tick.checked = true;
  show();
});

for (const [at, tick] of ticks.entries()) {
  tick.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) {
      for (const between of ticks.slice(Math.min(at, last), Math.max(at, last) + 1)) {
        between.checked = tick.checked;
      }
    }
    last = at;
  });
  tick.addEventListener("change", show);
}

bar.querySelector("[data-bulk-clear]")?.addEventListener("click", () => {
  for (const tick of ticks) tick.checked = false;
  if (all) all.checked = false;
  show();
  (head ?? ticks[0])?.focus();
});

addEventListener("pageshow", show);
show();
