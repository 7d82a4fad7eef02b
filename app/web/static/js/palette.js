// Ctrl+K: any page of the menu, any act of this page, any record that the lists of this person find.
const box = document.getElementById("palette");
const input = document.getElementById("palette-text");
const list = document.getElementById("palette-list");
const said = box.querySelector(".palette-said");
const OFF = "keys-off"; // the same switch as for the other keys
const WAIT = 200;
const LEAST = 2;

const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

function page(link) {
  return { name: link.textContent.trim(), url: link.href };
}

// The acts of this page are pressed where they are: they ask and are refused as they always do.
function act(one) {
  return { name: one.textContent.trim(), press: () => one.click() };
}

const pages = [...document.querySelectorAll("#side nav a, .user-menu a.menu-item")].map(page);
const acts = [...document.querySelectorAll(".page-acts :is(a, button, summary).btn, .page-acts .menu-item")]
  .filter((one) => !one.disabled && one.textContent.trim())
  .map(act);

let options = [];
let at = -1;
let asking = null;
let timer = 0;

function option(item) {
  const made = document.createElement("a");
  made.className = "palette-item";
  made.setAttribute("role", "option");
  made.id = `palette-${options.length}`;
  made.tabIndex = -1;
  if (item.url) made.href = item.url;
  const name = document.createElement("span");
  name.textContent = item.name;
  made.append(name);
  if (item.note) {
    const note = document.createElement("small");
    note.textContent = item.note;
    made.append(note);
  }
  made.addEventListener("click", (event) => {
    if (!item.press) return;
    event.preventDefault();
    box.close();
    item.press();
  });
  options.push(made);
  return made;
}

function group(label, items) {
  if (!items.length) return;
  const made = document.createElement("div");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", label);
  const head = document.createElement("p");
  head.className = "palette-head";
  head.setAttribute("aria-hidden", "true");
  head.textContent = label;
  made.append(head, ...items.map(option));
  list.append(made);
}

function mark(step) {
  options[at]?.setAttribute("aria-selected", "false");
  at = options.length ? (step + options.length) % options.length : -1;
  options[at]?.setAttribute("aria-selected", "true");
  options[at]?.scrollIntoView({ block: "nearest" });
  if (at < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", options[at].id);
}

function show(groups, words = "") {
  options = [];
  list.replaceChildren();
  for (const [label, items] of groups) group(label, items);
  input.setAttribute("aria-expanded", String(options.length > 0));
  said.textContent = words || (options.length ? box.dataset.some.replace("{n}", options.length) : box.dataset.none);
  mark(0);
}

function near(text) {
  const wanted = fold(text).split(" ");
  const fits = (one) => wanted.every((word) => fold(one.name).includes(word));
  return [[box.dataset.acts, acts.filter(fits)], [box.dataset.pages, pages.filter(fits)]];
}

async function records(text) {
  asking?.abort();
  asking = new AbortController();
  const answer = await fetch(`${box.dataset.palette}?q=${encodeURIComponent(text)}`, {
    headers: { Accept: "application/json" },
    signal: asking.signal,
  });
  if (!answer.ok) throw new Error(answer.statusText);
  const { groups } = await answer.json();
  return groups.map(({ label, more, items }) => [
    label,
    more ? [...items, { name: box.dataset.rest, note: label, url: more }] : items,
  ]);
}

async function look() {
  const text = input.value.trim();
  const here = near(text);
  if (text.length < LEAST) {
    show(here);
    return;
  }
  try {
    const found = await records(text);
    if (input.value.trim() === text) show([...here, ...found]);
  } catch (error) {
    if (error.name !== "AbortError") show(here, box.dataset.failed);
  }
}

input.addEventListener("input", () => {
  clearTimeout(timer);
  show(near(input.value.trim()), " ");
  timer = setTimeout(look, WAIT);
});

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1 };
  if (event.key in steps) {
    event.preventDefault();
    mark(steps[event.key]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    options[at]?.click();
  }
});

function open() {
  if (document.querySelector("dialog[open]")) return;
  input.value = "";
  show(near(""), " ");
  box.showModal();
  input.focus();
}

for (const one of document.querySelectorAll("[data-palette-open]")) one.addEventListener("click", open);
box.querySelector("[data-palette-close]").addEventListener("click", () => box.close());
box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
  if (event.key.toLowerCase() !== "k" || localStorage.getItem(OFF) !== null) return;
  event.preventDefault();
  if (box.open) box.close();
  else open();
});
