// 高级筛选: conditions are put together here; what they say and find, the server tells. The address is
// what the list reads, so nothing of it is kept here.
const home = document.querySelector("[data-conditions]");
const url = home.dataset.conditions;
const DEEPEST = 3;
const MOST = 20;
const PAGING = ["page", "after", "before"];
let dialog = null;
let form = null;
let place = null;
let said = null;
let columns = null;
let tree = null;
let opener = null;
let waiting = 0;
let asked = 0;
let shortest = null; // the conditions as the server writes them

const copy = (name) =>
  dialog.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
const known = (name) => columns.find((one) => one.name === name);
const takes = (part) => known(part.column).ops.find(([op]) => op === part.op)[2];
const isGroup = (part) => "parts" in part;

function fresh() {
  const [first] = columns;
  return { column: first.name, op: first.ops[0][0], values: [] };
}

function count(part) {
  return isGroup(part) ? part.parts.reduce((sum, one) => sum + count(one), 0) : 1;
}

// -- the tree as text, the way the address holds it --------------------------------------------
function written(part) {
  if (isGroup(part)) {
    const parts = part.parts.map(written).filter(Boolean);
    return parts.length ? `${part.either ? "or" : "and"}(${parts.join(",")})` : "";
  }
  const values = part.values.map((value) => `'${value.trim().replaceAll("'", "''")}'`);
  return `${part.column}.${part.op}(${values.join(",")})`;
}

function finished(part) {
  if (isGroup(part)) return part.parts.every(finished);
  const wanted = takes(part);
  const given = part.values.filter((value) => value.trim());
  return wanted < 0 ? given.length > 0 : given.length === wanted;
}

function parameters() {
  const found = new URLSearchParams(location.search);
  for (const name of [...PAGING, "where", "open"]) found.delete(name);
  const text = written(tree);
  if (text) found.set("where", text);
  return found;
}

// -- what it says ----------------------------------------------------------------------------
function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(tell, 350);
  dialog.querySelector("[data-clear]").hidden = !tree.parts.length;
  for (const button of dialog.querySelectorAll("[data-add], [data-add-group]")) {
    button.disabled = count(tree) >= MOST;
  }
}

async function tell() {
  clearTimeout(waiting);
  asked += 1;
  const mine = asked;
  if (place.querySelector("[data-values] [aria-invalid]")) return say(said.dataset.order, true), false;
  if (!finished(tree) || !form.checkValidity()) return say(said.dataset.unfinished), false;
  const answer = await fetch(`${url}?${parameters()}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  if (mine !== asked) return false;
  if (!answer) return true; // no connection now: the page itself will tell
  if (!answer.ok) return say(said.dataset.wrong, true), false;
  const { words, where, count: number } = await answer.json();
  shortest = where;
  const found = said.dataset.found.replace("{words}", () => words).replace("{count}", number);
  say(words ? found : said.dataset.nothing);
  return true;
}

function say(text, wrong = false) {
  said.textContent = text;
  said.classList.toggle("error", wrong);
}

// -- what is seen ----------------------------------------------------------------------------
function drawGroup(part, parent, deep) {
  const box = copy("group");
  const either = box.querySelector("[data-either]");
  either.value = part.either ? "1" : "";
  either.addEventListener("change", () => {
    part.either = either.value === "1";
    box.classList.toggle("either", part.either);
    changed();
  });
  box.classList.toggle("either", part.either);
  const list = box.querySelector("[data-parts]");
  const remove = box.querySelector("[data-remove]");
  if (parent) remove.addEventListener("click", () => drop(part, parent, box));
  else remove.remove();
  const add = (made) => {
    for (const done of place.querySelectorAll("details.cond-pick[open]:has(:checked)")) done.open = false;
    part.parts.push(made);
    const drawn = draw(made, part, deep + 1);
    list.append(drawn);
    drawn.querySelector("[data-column]").focus();
    changed();
  };
  box.querySelector("[data-add]").addEventListener("click", () => add(fresh()));
  const group = box.querySelector("[data-add-group]");
  if (deep >= DEEPEST) group.remove();
  else group.addEventListener("click", () => add({ either: !part.either, parts: [fresh()] }));
  // Last: until here the first button found in the box is its own.
  for (const one of part.parts) list.append(draw(one, part, deep + 1));
  return box;
}

function drop(part, parent, box) {
  const at = parent.parts.indexOf(part);
  parent.parts.splice(at, 1);
  const next = box.nextElementSibling ?? box.previousElementSibling;
  const add = box.parentElement.parentElement.querySelector(":scope > .cond-add > [data-add]");
  box.remove();
  (next?.querySelector("[data-remove]") ?? add).focus();
  changed();
}

function options(select, pairs, value) {
  select.replaceChildren(...pairs.map(([name, text]) => new Option(text, name)));
  select.value = value;
}

function drawCondition(part, parent) {
  const box = copy("condition");
  const column = box.querySelector("[data-column]");
  const op = box.querySelector("[data-op]");
  options(column, columns.map((one) => [one.name, one.label]), part.column);
  const offer = () => options(op, known(part.column).ops, part.op);
  const redraw = () => {
    drawValues(part, box.querySelector("[data-values]"));
    changed();
  };
  column.addEventListener("change", () => {
    const same = known(column.value).kind === known(part.column).kind && known(column.value).kind !== "choice";
    part.column = column.value;
    if (!known(part.column).ops.some(([name]) => name === part.op)) part.op = known(part.column).ops[0][0];
    if (!same) part.values = [];
    offer();
    redraw();
  });
  op.addEventListener("change", () => {
    const before = kindOf(part);
    part.op = op.value;
    const wanted = takes(part);
    part.values = kindOf(part) === before ? part.values.slice(0, wanted < 0 ? undefined : wanted) : [];
    redraw();
  });
  box.querySelector("[data-remove]").addEventListener("click", () => drop(part, parent, box));
  offer();
  drawValues(part, box.querySelector("[data-values]"));
  return box;
}

// From 2026 to 2024 finds nothing and is never meant: said at the field where it went wrong.
function ordered(part, box) {
  const [from, to] = part.values;
  const number = kindOf(part) === "number";
  const wrong = from && to && (number ? Number(to) < Number(from) : to < from);
  const last = box.lastElementChild;
  last.setCustomValidity(wrong ? said.dataset.order : "");
  if (wrong) last.setAttribute("aria-invalid", "true");
  else last.removeAttribute("aria-invalid");
}

const kindOf = (part) => (part.op === "in" ? "in" : known(part.column).kind);
const draw = (part, parent, deep) =>
  isGroup(part) ? drawGroup(part, parent, deep) : drawCondition(part, parent);

function drawValues(part, box) {
  box.replaceChildren();
  const wanted = takes(part);
  if (wanted < 0) return box.append(drawChoices(part));
  for (let at = 0; at < wanted; at += 1) {
    if (at) box.append(copy("value-to"));
    const input = copy(`value-${kindOf(part)}`);
    if (part.values[at] !== undefined) input.value = part.values[at];
    part.values[at] = input.value;
    input.addEventListener("input", () => {
      part.values[at] = input.value;
      if (wanted === 2) ordered(part, box);
      changed();
    });
    box.append(input);
  }
  if (wanted === 2) ordered(part, box);
}

function drawChoices(part) {
  const pick = copy("value-choice");
  const { choices, label } = known(part.column);
  const text = pick.querySelector("b");
  const list = pick.querySelector("fieldset");
  list.querySelector("legend").textContent = label;
  const nothing = text.textContent;
  const show = () => {
    const ticked = choices.filter(([value]) => part.values.includes(value));
    const some = pick.dataset.some.replace("{n}", ticked.length);
    text.textContent =
      ticked.length === 0 ? nothing : ticked.length === 1 ? ticked[0][1] : some;
  };
  for (const [value, words] of choices) {
    const line = Object.assign(document.createElement("label"), { className: "menu-item" });
    const box = Object.assign(document.createElement("input"), {
      type: "checkbox",
      className: "form-check-input",
      checked: part.values.includes(value),
    });
    box.addEventListener("change", () => {
      part.values = part.values.filter((one) => one !== value);
      if (box.checked) part.values.push(value);
      show();
      changed();
    });
    line.append(box, Object.assign(document.createElement("span"), { textContent: words }));
    list.append(line);
  }
  pick.open = part.values.length === 0;
  show();
  return pick;
}

function start(part) {
  tree = part && isGroup(part) ? part : { either: false, parts: part ? [part] : [] };
  place.replaceChildren(drawGroup(tree, null, 1));
  changed();
}

// -- opening and asking ----------------------------------------------------------------------
async function show(button) {
  button.closest("dialog.drawer")?.close(); // on a phone the filters lie in a drawer
  opener = button;
  const found = new URLSearchParams(location.search);
  for (const name of [...PAGING, "open"]) found.delete(name);
  found.set("builder", "1");
  const answer = await fetch(`${url}?${found}`, { headers: { Accept: "application/json" } }).catch(
    () => null,
  );
  if (!answer?.ok) return location.reload(); // signed out, or the right is gone: the page says so
  const told = await answer.json();
  dialog ?? made(told.dialog);
  columns = told.columns;
  start(told.tree);
  if (!tree.parts.length) place.querySelector("[data-add]").click();
  dialog.showModal();
  place.querySelector("[data-column], [data-add]").focus();
  tell();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-conditions-open]");
  if (button) show(button);
});

// The dialog comes with the first answer.
function made(html) {
  document.body.insertAdjacentHTML("beforeend", html);
  dialog = document.getElementById("conditions");
  form = dialog.querySelector("form");
  place = dialog.querySelector("[data-tree]");
  said = dialog.querySelector("[data-said]");
  dialog.addEventListener("close", closed);
  dialog.querySelector("[data-clear]").addEventListener("click", () => {
    start(null);
    place.querySelector("[data-add]").focus();
  });
  form.addEventListener("submit", go);
}

function closed() {
  asked += 1;
  if (opener?.isConnected && opener.offsetParent) opener.focus();
  else document.querySelector("[data-filter-open]")?.focus();
}

async function go(event) {
  event.preventDefault();
  shortest = null;
  if (await tell()) {
    const found = parameters();
    if (shortest) found.set("where", shortest);
    const query = found.toString().replace(/%(28|29|2C|27)/g, decodeURIComponent); // legible
    const list = home.getAttribute("action");
    location.assign(query ? `${list}?${query}` : list);
    return;
  }
  const open = place.querySelector("details.cond-pick:not(:has(:checked))");
  if (open) open.open = true;
  (place.querySelector(":invalid:not(fieldset)") ?? open?.querySelector("input"))?.focus();
}
