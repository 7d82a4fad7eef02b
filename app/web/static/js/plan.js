// The plan of an import: ticks are kept on the server as they are made; columns without a change hide.
const table = document.querySelector("[data-plan]");
const all = document.querySelector("[data-plan-tick-all]");
const sentence = document.querySelector("[data-plan-sentence]");
const seen = document.querySelector("[data-plan-seen]");
const apply = document.querySelector("[data-plan-apply]");

// A network that is away has an English message of the browser's own: ours instead.
function tell(error) {
  const text = error instanceof TypeError ? table.dataset.failed : error.message;
  document.dispatchEvent(new CustomEvent("parkdesk:say", { detail: { text, kind: "danger" } }));
}

async function send(rows, on, everything) {
  const body = new FormData();
  body.set("csrf_token", table.dataset.token);
  body.set("on", on ? "1" : "0");
  if (everything) body.set("all", "1");
  for (const row of rows) body.append("rows", row);
  const answer = await fetch(`${table.dataset.plan}/tick`, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  const counts = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(counts.error ?? table.dataset.failed);
  if (sentence) sentence.textContent = counts.sentence;
  if (seen) seen.value = counts.seen;
}

// One at a time and in order; 确定 waits for them: what it confirms is what the page shows.
let last = Promise.resolve();
let waiting = 0;

function keep(rows, on, everything) {
  waiting += 1;
  if (apply) apply.disabled = true;
  const kept = last.then(() => send(rows, on, everything));
  last = kept
    .catch(() => {})
    .finally(() => {
      waiting -= 1;
      if (apply) apply.disabled = waiting > 0;
    });
  return kept;
}

function boxes() {
  return [...table.querySelectorAll("[data-plan-tick]:not(:disabled)")];
}

// The head says what the rows of the page say; half of them is neither.
function showHead() {
  if (!all) return;
  const on = boxes().filter((box) => box.checked).length;
  all.checked = on > 0 && on === boxes().length;
  all.indeterminate = on > 0 && on < boxes().length;
  all.disabled = boxes().length === 0;
}
showHead();

table.addEventListener("change", async (event) => {
  const box = event.target;
  if (!("planTick" in box.dataset)) return;
  showHead();
  try {
    await keep([box.value], box.checked, false);
  } catch (error) {
    box.checked = !box.checked; // not kept: show what the server has
    showHead();
    tell(error);
  }
});

all?.addEventListener("change", async () => {
  const on = all.checked;
  try {
    await keep([], on, true);
    // Rows that would undo a colleague's work are ticked one by one only.
    for (const box of boxes()) box.checked = on && !("planOwn" in box.dataset && !box.checked);
  } catch (error) {
    tell(error);
  }
  showHead();
});

// The form that mends a cell: beside the cell, inside the window.
const GAP = 8;
const EDGE = 16;

function place() {
  for (const box of table.querySelectorAll("details[open] > .fix-popover")) {
    box.style.removeProperty("top");
    box.style.removeProperty("left");
    if (matchMedia("(max-width: 768px)").matches) continue; // at the bottom of the screen
    const cell = box.parentElement.querySelector("summary").getBoundingClientRect();
    const floor = document.querySelector(".actionbar")?.getBoundingClientRect().top ?? innerHeight;
    const { offsetHeight: height, offsetWidth: width } = box;
    const below = cell.bottom + GAP;
    const top = below + height <= floor - GAP ? below : Math.max(EDGE, cell.top - GAP - height);
    box.style.top = `${top}px`;
    box.style.left = `${Math.max(EDGE, Math.min(cell.left, innerWidth - width - EDGE))}px`;
  }
}

table.addEventListener(
  "toggle",
  (event) => {
    const opened = event.target;
    if (opened.open) opened.querySelector("summary").scrollIntoView({ block: "nearest", inline: "nearest" });
    place();
  },
  true,
);
// 取消, and Escape wherever the focus is: menu.js hears it only inside.
function shut(opened) {
  opened.open = false;
  opened.querySelector("summary").focus();
}

table.addEventListener("click", (event) => {
  if (event.target.closest("[data-fix-cancel]")) shut(event.target.closest("details"));
});
document.addEventListener("keydown", (event) => {
  const opened = table.querySelector("details[open]:has(> .fix-popover)");
  if (event.key === "Escape" && opened) shut(opened);
});
addEventListener("scroll", place, { capture: true, passive: true });
addEventListener("resize", place);

const only = document.querySelector("[data-only-changed]");
only?.addEventListener("change", (event) => {
  for (const head of table.querySelectorAll("thead [data-col]")) {
    const { col } = head.dataset;
    const cells = table.querySelectorAll(`tbody [data-col="${col}"]`);
    const busy = [...cells].some((cell) => cell.matches(".cell-changed, .cell-error"));
    const hide = event.target.checked && !busy && col !== "name" && col !== "uscc";
    for (const cell of [head, ...cells]) cell.hidden = hide;
  }
});
// The wrong cell may lie off the screen: columns without a change or an error are in its way.
if (only && table.querySelector("td.cell-error")) only.click();
