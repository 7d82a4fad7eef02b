// Typed text outlives an expired sign-in: kept in this tab until the form was really saved.
const PREFIX = "draft:";
const SENT = "draft-sent";
// What the text was typed upon: saved later, it meets a colleague's save as a conflict, not over it.
const BASIS = ["version", "opened"];
const store = sessionStorage;
const user = document.body.dataset.user ?? "";
const form = document.querySelector("[data-draft]");
const signedOut = "login" in document.body.dataset || document.querySelector(".error-page");

function fields() {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      field.name !== "csrf_token" &&
      (!["hidden", "password", "file", "submit", "button"].includes(field.type) ||
        BASIS.includes(field.name)),
  );
}

function typed() {
  const text = {};
  for (const field of fields()) {
    if (field.type === "checkbox" || field.type === "radio") {
      text[field.name] ??= [];
      if (field.checked) text[field.name].push(field.value);
    } else {
      text[field.name] = field.value;
    }
  }
  return text;
}

function restore(text) {
  for (const field of fields()) {
    const kept = text[field.name];
    if (kept === undefined) continue;
    if (Array.isArray(kept)) field.checked = kept.includes(field.value);
    else field.value = kept;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function offer(kept, key) {
  const note = document.createElement("p");
  note.className = "notice warning";
  note.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset.restore;
  const yes = button(form.dataset.restoreYes, () => {
    restore(kept);
    words.textContent = form.dataset.restored;
    yes.remove();
    no.remove();
  });
  const no = button(form.dataset.restoreNo, () => {
    store.removeItem(key);
    note.remove();
  });
  note.append(words, yes, no);
  form.before(note);
}

// The page after a submit tells whether it was saved: neither the form again, nor a sign-in page.
const sent = store.getItem(SENT);
store.removeItem(SENT);
if (sent && !signedOut && sent !== form?.dataset.draft) store.removeItem(PREFIX + sent);

if (form) {
  const key = PREFIX + form.dataset.draft;
  const kept = JSON.parse(store.getItem(key) ?? "null");
  const refused = document.querySelector("[data-error-summary]");
  if (kept && kept.user !== user) store.removeItem(key);
  else if (kept && !refused && !document.querySelector("[data-merge]") && JSON.stringify(kept.text) !== JSON.stringify(typed())) {
    offer(kept.text, key);
  }
  const keep = () => store.setItem(key, JSON.stringify({ user, text: typed() }));
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    keep();
    store.setItem(SENT, form.dataset.draft);
  });
}

document.querySelector("[data-logout]")?.addEventListener("submit", () => store.clear());
