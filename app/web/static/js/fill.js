// 考核填报: each value saves itself. What the server has not taken stays in this browser, by person,
// filing and value, and goes on its way when the network or the sign-in is back. Without this file
// the buttons save a section as a whole.
const page = document.querySelector("[data-filing-form]");
const words = page.dataset;
const fillForm = document.getElementById("fill");
const state = document.querySelector("[data-fill-state] span");
const prefix = `fill:${document.body.dataset.user}:${words.filing}:`;
const AFTER = 1200;
const AGAIN = 10_000;
const timers = new Map();
const sending = new Set();
const stopped = new Set();
const mendable = new Set(); // refused as it was typed: something else may be sent
// What this tab has typed or taken over: another open tab hands in its own.
const mine = new Set();

const say = (text) => {
  state.textContent = text;
};
// On a phone the sections are a strip: the one that is open is in view.
function showSection() {
  const strip = page.querySelector(".fill-parts");
  const link = strip?.querySelector("[aria-current]");
  if (!link || strip.scrollWidth <= strip.clientWidth) return;
  const [own, around] = [link.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += own.left - around.left - (around.width - own.width) / 2;
}
const itemOf = (code) => page.querySelector(`[data-item="${CSS.escape(code)}"]`);
const fieldsOf = (code) =>
  [...fillForm.elements].filter(
    (field) =>
      field.name === `v.${code}` ||
      field.name.startsWith(`v.${code}.`) ||
      field.name === `r.${code}`,
  );
const codeOf = (field) =>
  field.name?.match(/^[vr]\./) ? field.closest("[data-item]")?.dataset.item : undefined;

// What was typed for a value, as pairs of a form.
function typed(code) {
  const pairs = [];
  for (const field of fieldsOf(code)) {
    if (field.type === "checkbox" && !field.checked) continue;
    pairs.push([field.name, field.value]);
  }
  if (itemOf(code).hasAttribute("data-own")) pairs.push([`h.${code}`, "1"]);
  return pairs;
}

const versionOf = (code) => itemOf(code)?.querySelector("[data-version]")?.value;
const kept = (code) => JSON.parse(localStorage.getItem(prefix + code) ?? "null");
const drop = (code) => localStorage.removeItem(prefix + code);

function keep(code, pairs, version) {
  // The version it was typed upon: sent later, it meets a colleague's save as a conflict.
  const before = kept(code);
  const text = JSON.stringify({ pairs, version: before?.version ?? version, at: Date.now() });
  localStorage.setItem(prefix + code, text);
}

function waiting() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

function touched(code) {
  mine.add(code);
  keep(code, typed(code), versionOf(code));
  itemOf(code).classList.add("unsaved");
  say(words.saving);
  clearTimeout(timers.get(code));
  timers.set(code, setTimeout(() => send(code), AFTER));
}

async function send(code) {
  const one = kept(code);
  clearTimeout(timers.get(code));
  timers.delete(code);
  if (!one || sending.has(code) || stopped.has(code)) return;
  sending.add(code);
  const sent = JSON.stringify(one);
  const body = new FormData();
  body.set("csrf_token", words.token);
  if (words.forPark) body.set("for_park", words.forPark);
  body.set("code", code);
  body.set(`n.${code}`, one.version);
  for (const [name, value] of one.pairs) body.append(name, value);
  try {
    const answer = await fetch(words.save, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) taken(code, told, sent);
    else refused(code, answer.status, told, one);
  } catch {
    say(words.waiting);
  }
  sending.delete(code);
  if (kept(code) && localStorage.getItem(prefix + code) !== sent && !stopped.has(code)) {
    timers.set(code, setTimeout(() => send(code), AFTER)); // typed on meanwhile
  }
}

function taken(code, told, sent) {
  if (localStorage.getItem(prefix + code) === sent) {
    drop(code);
  } else {
    const rest = kept(code);
    if (rest) localStorage.setItem(prefix + code, JSON.stringify({ ...rest, version: told.version }));
  }
  const item = itemOf(code);
  if (item) show(item, told);
  for (const [name, [text, estimated]] of Object.entries(told.tags ?? {})) {
    const tag = page.querySelector(`[data-tag="${CSS.escape(name)}"]`);
    if (!tag) continue;
    tag.textContent = text;
    tag.className = `tint ${estimated ? "info" : "muted"}`;
  }
  for (const [name, text] of Object.entries(told.values ?? {})) {
    const place = page.querySelector(`[data-value="${CSS.escape(name)}"]`);
    if (place) place.textContent = text || "\u2014";
  }
  const [part, partWords] = told.part;
  const head = page.querySelector(`[data-part-words="${CSS.escape(part)}"]`);
  if (head) head.textContent = partWords;
  const side = page.querySelector("[data-side]");
  const here = side.querySelector("[aria-current]")?.dataset.partLink;
  const focused = side.contains(document.activeElement);
  if (!focused) side.innerHTML = told.side;
  if (here && !focused) {
    for (const link of side.querySelectorAll("[data-part-link]")) {
      if (link.dataset.partLink === here) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    showSection();
  }
  say(waiting().length ? words.saving : told.message);
}

function show(item, told) {
  item.classList.remove("unsaved");
  item.querySelector("[data-version]").value = told.version;
  const opened = item.querySelector("[data-opened]");
  if (opened) opened.value = told.opened;
  fault(item, told.error, told.wrong);
  item.toggleAttribute("data-blank", told.opened === "[null, null]");
  const change = item.querySelector("[data-change]");
  if (change) {
    change.hidden = !told.change;
    change.classList.toggle("unusual", told.unusual);
    change.querySelector("span").textContent = told.change;
  }
  const why = item.querySelector("[data-why]");
  if (why) why.hidden = !told.unusual && !why.querySelector("textarea").value;
}

// wrong: of counts by level those that the fault is about; none named: all of the value.
function fault(item, text, wrong = []) {
  const names = wrong.map((level) => `v.${item.dataset.item}.${level}`);
  const place = item.querySelector("[data-error]");
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
  item.classList.toggle("has-error", Boolean(text));
  for (const field of item.querySelectorAll("[name^='v.']")) {
    if (text && (!names.length || names.includes(field.name))) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

function refused(code, status, told, one) {
  if (status === 409 && told.version) {
    merge(code, told, one);
    return;
  }
  if (status === 401 || status === 403 || (status === 400 && !told.message)) {
    stopAll();
    say(words.signedOut);
    const link = document.createElement("a");
    link.href = words.login;
    link.textContent = words.signIn;
    state.append(" ", link);
    return;
  }
  if (status >= 500 || status === 429) {
    say(words.waiting);
    return;
  }
  // The server said no, a deadline that has passed for example: what was typed stays here.
  stopped.add(code);
  mendable.add(code);
  const item = itemOf(code);
  if (item) fault(item, told.message ?? told.detail ?? "");
  say(told.message ?? told.detail ?? words.waiting);
}

function stopAll() {
  for (const code of waiting()) stopped.add(code);
}

// Mine or theirs, at the value itself.
function merge(code, told, one) {
  const item = itemOf(code);
  if (!item) {
    // Another section: the choice is made there.
    stopped.add(code);
    say(told.message);
    return;
  }
  stopped.add(code);
  const place = item.querySelector("[data-merge-here]");
  const text = document.createElement("span");
  text.textContent = `${told.message} ${words.theirsIs} ${told.theirs}`;
  const finish = () => {
    place.hidden = true;
    place.replaceChildren();
    stopped.delete(code);
    item.querySelector("[data-version]").value = told.version;
  };
  const mine = button(words.mine, "btn btn-primary", () => {
    finish();
    const now = kept(code) ?? one;
    localStorage.setItem(prefix + code, JSON.stringify({ ...now, version: told.version }));
    send(code);
  });
  const theirs = button(words.theirs, "btn", () => {
    finish();
    drop(code);
    put(code, told.value, told.remark);
    item.classList.remove("unsaved");
    item.querySelector("[data-opened]")?.setAttribute("value", JSON.stringify([told.value, null]));
    fieldsOf(code)[0]?.focus();
  });
  place.replaceChildren(text, mine, theirs);
  place.hidden = false;
  say(told.message);
}

function button(label, look, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

// A value as the server keeps it, into its control.
function put(code, value, remark) {
  for (const field of fieldsOf(code)) {
    if (field.name === `r.${code}`) field.value = remark ?? "";
    else if (field.name === `v.${code}.none`) field.checked = Array.isArray(value) && !value.length;
    else if (field.type === "checkbox") field.checked = value?.includes?.(field.value) ?? false;
    else if (field.name === `v.${code}`) field.value = typeof value === "string" ? value : "";
    else field.value = value?.[field.name.slice(`v.${code}.`.length)] ?? "";
  }
}

function restore(code, pairs) {
  const given = new Map();
  for (const [name, value] of pairs) given.set(name, [...(given.get(name) ?? []), value]);
  for (const field of fieldsOf(code)) {
    const values = given.get(field.name);
    if (field.type === "checkbox") field.checked = values?.includes(field.value) ?? false;
    else if (values) field.value = values[0];
  }
}

// What an earlier page could not hand over.
function resume() {
  const codes = waiting();
  if (!codes.length) return;
  if (words.editable !== "1") {
    const box = document.querySelector("[data-kept]");
    const list = document.createElement("ul");
    for (const code of codes) {
      const line = document.createElement("li");
      const told = kept(code).pairs.filter(([name]) => !name.startsWith("h."));
      const name = itemOf(code)?.querySelector(".fill-item-name")?.textContent.trim() ?? code;
      line.textContent = `${name} ${told.map(([, value]) => value).join(" ")}`;
      list.append(line);
    }
    box.append(list);
    box.hidden = false;
    return;
  }
  say(words.fromHere);
  for (const code of codes) {
    mine.add(code);
    const item = itemOf(code);
    if (item && fieldsOf(code).length) {
      // what was typed on this page already, before this file was there, is newer
      if (!item.querySelector("[data-early]")) restore(code, kept(code).pairs);
      item.classList.add("unsaved");
    }
    send(code);
  }
}

page.addEventListener("input", (event) => {
  const code = codeOf(event.target);
  if (!code) return;
  if ("noneOfThem" in event.target.dataset && event.target.checked) {
    for (const box of fieldsOf(code)) if (box !== event.target && box.type === "checkbox") box.checked = false;
  } else if (event.target.type === "checkbox" && event.target.checked) {
    const none = fieldsOf(code).find((box) => "noneOfThem" in box.dataset);
    if (none) none.checked = false;
  }
  if (mendable.delete(code)) stopped.delete(code);
  if (!stopped.has(code)) touched(code);
  else keep(code, typed(code), versionOf(code));
});
page.addEventListener("change", (event) => {
  const code = codeOf(event.target);
  if (code && kept(code)) send(code);
});
const sendMine = () => waiting().filter((code) => mine.has(code)).forEach(send);
addEventListener("online", sendMine);
setInterval(() => {
  if (words.editable === "1" && navigator.onLine) sendMine();
}, AGAIN);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") sendMine();
});
// The form sends everything of the section; what it saved needs no second way.
fillForm.addEventListener("submit", () => {
  for (const code of waiting()) if (itemOf(code) && !stopped.has(code)) drop(code);
});

document.querySelector("[data-only-blank]")?.addEventListener("change", (event) => {
  page.classList.toggle("only-blank", event.target.checked);
});

// Files: chosen or dropped, sent at once; the server answers with the list as it is now.
async function papers(box, body) {
  const said = box.querySelector("[data-papers-error]");
  said.hidden = true;
  box.setAttribute("aria-busy", "true");
  say(words.saving);
  try {
    const answer = await fetch(body.url, {
      method: "POST",
      body: body.data,
      headers: { Accept: "application/json" },
    });
    const told = await answer.json().catch(() => ({}));
    if (!told.html) throw new Error(told.detail ?? words.waiting);
    const made = document.createElement("template");
    made.innerHTML = told.html;
    const fresh = made.content.firstElementChild;
    box.replaceWith(fresh);
    const error = fresh.querySelector("[data-papers-error]");
    error.textContent = told.errors.join(" ");
    error.hidden = !told.errors.length;
    say(told.errors.length ? told.errors[0] : words.saved);
  } catch (error) {
    box.removeAttribute("aria-busy");
    said.textContent = error instanceof TypeError ? words.waiting : error.message;
    said.hidden = false;
    say(said.textContent);
  }
}

page.addEventListener("change", (event) => {
  const form = event.target.closest("[data-papers-form]");
  if (!form || event.target.type !== "file" || !event.target.files.length) return;
  papers(form.closest("[data-papers]"), { url: form.action, data: new FormData(form) });
});
page.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-papers-form]");
  if (!form) return;
  event.preventDefault();
  papers(form.closest("[data-papers]"), { url: form.action, data: new FormData(form) });
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  page.addEventListener(kind, (event) => {
    const box = event.target.closest("[data-papers]");
    const form = box?.querySelector(".fill-papers-head [data-papers-form]");
    if (!form) return;
    event.preventDefault();
    box.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const data = new FormData(form);
    data.delete("files");
    for (const file of event.dataTransfer.files) data.append("files", file);
    papers(box, { url: form.action, data });
  });
}

showSection();
resume();
