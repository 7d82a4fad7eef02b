// The plan of an import: ticks are kept on the server as they are made; columns without a change hide.
const table = document.querySelector("[data-plan]");
const all = document.querySelector("[data-plan-tick-all]");
const sentence = document.querySelector("[data-plan-sentence]");

// A network that is away has an English message of the browser's own: ours instead.
function tell(error) {
  const text = error instanceof TypeError ? table.dataset.failed : error.message;
  document.dispatchEvent(new CustomEvent("parkdesk:say", { detail: { text, kind: "danger" } }));
}

async function keep(rows, on, everything) {
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
}

table.addEventListener("change", async (event) => {
  const box = event.target;
  if (!("planTick" in box.dataset)) return;
  try {
    await keep([box.value], box.checked, false);
  } catch (error) {
    box.checked = !box.checked; // not kept: show what the server has
    tell(error);
  }
});

all?.addEventListener("change", async () => {
  const boxes = table.querySelectorAll("[data-plan-tick]:not(:disabled)");
  try {
    await keep([], all.checked, true);
    for (const box of boxes) box.checked = all.checked;
  } catch (error) {
    all.checked = !all.checked;
    tell(error);
  }
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
// Among errors, the columns without one are in the way: the wrong cell may lie off the screen.
if (only && new URLSearchParams(location.search).get("kind") === "error") only.click();
