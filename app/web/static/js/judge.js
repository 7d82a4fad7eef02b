// The reviewer's cockpit: moves between items without loading the page, so that the evidence stays;
// verdicts go by fetch and bring back the item as it is then. Without this file links and forms do it.
const root = document.querySelector("[data-cockpit]");
const pane = root.querySelector("[data-items]");
const links = [...root.querySelectorAll("[data-goto]")];
const box = document.querySelector("#keys [data-keys-switch]");
const OFF = "keys-off";
const DOT = { open: "muted", passed: "success", corrected: "info", returned: "danger" };
let current = root.dataset.current;

const item = (code) => document.getElementById(`item-${code}`);
const link = (code) => links.find((one) => one.dataset.goto === code);
const order = () => (links.length ? links.map((one) => one.dataset.goto) : [current]);

// -- moving -----------------------------------------------------------------------------------------
function go(code, focus = true) {
  const target = item(code);
  if (!target) return;
  for (const one of pane.querySelectorAll("[data-item]")) one.hidden = one !== target;
  for (const one of links) {
    if (one.dataset.goto === code) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  current = code;
  link(code)?.scrollIntoView({ block: "nearest" });
  pane.scrollTop = 0;
  const address = new URL(location.href);
  address.pathname = address.pathname.replace(/\/[a-z_]+\/(\d+)$/, "/show/$1");
  address.searchParams.set("item", code);
  address.searchParams.delete("act");
  history.replaceState(null, "", address);
  if (focus) target.querySelector("h2").focus({ preventScroll: true });
  papers(target);
}

function step(by) {
  const codes = order();
  const at = codes.indexOf(current) + by;
  if (at >= 0 && at < codes.length) go(codes[at]);
}

for (const one of links) {
  one.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(one.dataset.goto);
  });
}

// -- evidence ---------------------------------------------------------------------------------------
const viewer = root.querySelector("[data-viewer]");
const tabs = viewer.querySelector("[data-viewer-tabs]");
const frame = viewer.querySelector("[data-viewer-frame]");
const facts = viewer.querySelector("[data-viewer-facts]");
const opener = viewer.querySelector("[data-viewer-open]");
const title = tabs.innerHTML;
const nothing = frame.innerHTML;
let shown = "";

function papers(target) {
  const found = [...target.querySelectorAll("[data-paper]")];
  tabs.replaceChildren();
  if (!found.length) {
    tabs.innerHTML = title;
    if (!shown) frame.innerHTML = nothing;
    return; // what was open stays open
  }
  for (const one of found) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = one.dataset.name;
    tab.dataset.tab = one.dataset.paper;
    tab.addEventListener("click", () => show(one));
    tabs.append(tab);
  }
  if (!found.some((one) => one.dataset.paper === shown)) show(found[0]);
  else mark();
}

function mark() {
  for (const tab of tabs.querySelectorAll("button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.tab === shown));
  }
}

function show(one) {
  const { paper, kind, name, sha, at } = one.dataset;
  shown = paper;
  mark();
  frame.replaceChildren();
  if (kind === "image") {
    const picture = document.createElement("img");
    picture.src = one.href;
    picture.alt = name;
    frame.append(picture);
  } else if (kind === "pdf") {
    const inner = document.createElement("iframe");
    inner.src = one.href;
    inner.title = name;
    frame.append(inner);
  } else {
    const words = document.createElement("p");
    words.className = "panel-empty";
    words.textContent = name;
    frame.append(words);
  }
  facts.textContent = `SHA-256 ${sha.slice(0, 4)}…${sha.slice(-4)} · ${at}`;
  opener.href = one.href;
  opener.hidden = false;
}

// -- verdicts ---------------------------------------------------------------------------------------
pane.addEventListener("click", (event) => {
  const arrow = event.target.closest("[data-step]");
  if (arrow) step(Number(arrow.dataset.step));
  const chip = event.target.closest("[data-phrase]");
  if (chip) {
    const reason = chip.closest("form").elements.namedItem("reason");
    const before = reason.value.trim();
    reason.value = before ? `${before}；${chip.dataset.phrase}` : chip.dataset.phrase;
    reason.focus();
  }
  const paper = event.target.closest("[data-paper]");
  if (paper && paper.dataset.kind && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    show(paper);
  }
});

pane.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-decide]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  const body = new FormData(form);
  body.set("verdict", event.submitter.value);
  form.dataset.busy = "1";
  try {
    const sent = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const answer = await sent.json();
    if (!answer.html) throw new Error("no answer");
    taken(answer, sent.ok);
  } catch {
    warn(form, root.dataset.failed);
  }
  delete form.dataset.busy;
});

function warn(form, words) {
  let note = form.querySelector("[data-warn]");
  if (!note) {
    note = document.createElement("p");
    note.className = "notice danger";
    note.dataset.warn = "";
    note.setAttribute("role", "alert");
    form.prepend(note);
  }
  note.textContent = words;
}

function taken(answer, done) {
  const before = item(answer.code);
  const holder = document.createElement("template");
  holder.innerHTML = answer.html;
  const fresh = holder.content.querySelector("[data-item]");
  if (!done) keep(before, fresh);
  before.replaceWith(fresh);
  for (const [name, number] of Object.entries(answer.counts)) {
    const place = root.querySelector(`[data-count="${name}"]`);
    if (place) place.textContent = number;
  }
  const told = document.querySelector("[data-progress]");
  told.textContent = root.dataset.done.replace("{done}", answer.done).replace("{total}", answer.total);
  document.querySelector(".cockpit-progress progress").value = answer.done;
  const own = link(answer.code);
  if (own) {
    own.dataset.verdict = answer.verdict;
    own.querySelector(".cockpit-dot").className = `cockpit-dot ${DOT[answer.verdict]}`;
    own.querySelector("[data-word]").textContent = answer.word;
  }
  const seen = root.querySelector(`[data-seen="${answer.code}"]`);
  if (seen) seen.value = fresh.querySelector("[name=seen]")?.value ?? seen.value;
  if (done && answer.verdict !== "open") go(link(answer.next) ? answer.next : answer.code);
  else {
    go(answer.code, false);
    fresh.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  }
}

// What was typed for a verdict that could not be stays in the fresh form.
function keep(before, fresh) {
  const [old, now] = [before.querySelector("form"), fresh.querySelector("form")];
  if (!old || !now) return;
  for (const field of old.elements) {
    if (!field.name || field.type === "hidden" || field.tagName === "BUTTON") continue;
    const same = [...now.elements].find((one) => one.name === field.name
      && (field.type !== "checkbox" || one.value === field.value));
    if (!same) continue;
    if (field.type === "checkbox") same.checked = field.checked;
    else same.value = field.value;
  }
}

// -- keys -------------------------------------------------------------------------------------------
function press(key) {
  const form = item(current)?.querySelector("[data-decide]");
  const button = form?.querySelector(`[data-key="${key}"]`);
  if (!button) return;
  const given = form.querySelector("[aria-pressed]");
  if (given && given !== button) {
    // A verdict with its reason is not replaced by one letter.
    given.focus();
    document.dispatchEvent(new CustomEvent("parkdesk:say", { detail: { text: root.dataset.judged } }));
    return;
  }
  const reason = form.elements.namedItem("reason");
  if (key === "r" && !reason.value.trim()) reason.focus();
  else button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const off = box ? !box.checked : localStorage.getItem(OFF) !== null;
  if (off) return;
  const own = event.target.closest?.("[data-decide]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (own) {
      // A value that was changed is a correction, a reason alone sends back, neither passes.
      const typed = [...own.elements].some((one) => one.name.startsWith("value")
        && (one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== (one.defaultValue ?? one.value)));
      press(typed ? "c" : own.elements.namedItem("reason").value.trim() ? "r" : "a");
    } else document.querySelector('[data-key="finish"]')?.click();
    return;
  }
  const busy = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "n") step(1);
  else if (event.key === "p") step(-1);
  else if (event.key === "e") (tabs.querySelector("button") ?? frame).focus();
  else if (event.key === "a" || event.key === "r") press(event.key);
  else return;
  event.preventDefault();
});

go(current, false);
document.querySelector("[data-focus]")?.focus();
