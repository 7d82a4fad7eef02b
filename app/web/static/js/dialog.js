// Native dialogs: one that asks before an act (data-confirm), others opened by id (data-dialog).
const ask = document.getElementById("confirm");
let agreed = null;

function wants(button) {
  return button?.closest("[data-confirm], [data-confirm-row]") ?? null;
}

function pickedCount() {
  return document.querySelector("[data-bulk-count]")?.textContent ?? "";
}

// {n}: how many rows are ticked; {name}: what was chosen in the field of that name.
const NAMES = /\{(\w+)\}/g;

function field(form, name) {
  return form.elements?.namedItem(name) ?? null;
}

function unchosen(form) {
  const names = [...form.dataset.confirm.matchAll(NAMES)].map((found) => found[1]);
  return names.some((name) => field(form, name)?.value === "");
}

function named(source, text) {
  return text.replace(NAMES, (whole, name) => {
    if (name === "n") return pickedCount();
    const found = field(source, name);
    return found?.selectedOptions?.[0]?.textContent ?? found?.value ?? whole;
  });
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button, a, input[type=submit]");
    const source = wants(button);
    if (!source || agreed === button || source.tagName === "FORM") return;
    event.preventDefault();
    event.stopPropagation();
    open(source, () => {
      agreed = button;
      button.click();
      agreed = null;
    });
  },
  true,
);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    // Without a choice there is nothing to ask about: the answer says what is missing.
    if (!form.dataset.confirm || agreed === form || unchosen(form)) return;
    event.preventDefault();
    const { submitter } = event;
    open(form, () => {
      agreed = form;
      form.requestSubmit(submitter ?? undefined);
      agreed = null;
    });
  },
  true,
);

// A row's button says the row's name; its table says the rest, once for all rows.
function words(source) {
  const name = source.dataset.confirmRow;
  if (name === undefined) return source.dataset;
  const pk = source.formAction.match(/(\d+)(?:\?|$)/)[1];
  const said = {};
  for (const [key, text] of Object.entries(source.closest("table").dataset))
    if (key.startsWith("rowConfirm")) said[`c${key.slice(4)}`] = fill(text, { name, pk });
  return said;
}

function fill(text, values) {
  return text.replace(NAMES, (whole, name) => values[name] ?? whole);
}

function open(source, go) {
  const said = words(source);
  const { confirm, confirmLabel, confirmKind } = said;
  ask.querySelector("#confirm-text").textContent = source.dataset.confirm
    ? named(source, confirm)
    : confirm;
  const yes = ask.querySelector("[data-yes]");
  yes.dataset.word ??= yes.textContent;
  yes.textContent = confirmLabel || yes.dataset.word;
  yes.className = `btn ${confirmKind === "primary" ? "btn-primary" : "btn-outline-danger"}`;
  const reason = askReason(said.confirmAsk, "confirmOptional" in said);
  tellMore(ask, said.confirmMore, "confirmOf" in said ? source.form : null);
  ask.returnValue = "";
  ask.onclose = () => {
    source.focus?.();
    if (ask.returnValue !== "yes") return;
    if (said.confirmAsk) send(source.form ?? source, reason.value);
    go();
  };
  ask.showModal();
  (reason.required ? reason : ask.querySelector("[data-cancel]")).focus();
}

function askReason(label, optional) {
  const box = ask.querySelector("[data-ask]");
  const input = box.querySelector("input");
  box.hidden = !label;
  box.querySelector("label").textContent = label ?? "";
  input.value = "";
  input.required = Boolean(label) && !optional;
  lacks(input, false);
  return input;
}

function lacks(input, wrong) {
  ask.querySelector("#confirm-reason-error").hidden = !wrong;
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

// A reason that must be given is asked for here, not on the page that would refuse the act.
ask?.querySelector("form").addEventListener("submit", (event) => {
  const input = ask.querySelector("[data-ask] input");
  if (event.submitter?.value !== "yes" || !input.required || input.value.trim()) return;
  event.preventDefault();
  lacks(input, true);
  input.focus();
});
ask?.addEventListener("input", (event) => lacks(event.target, false));

// What hangs on the thing, or on what ``form`` chose, and which of these the act will leave alone;
// without an answer the question stands all the same.
async function tellMore(dialog, url, form) {
  list(dialog.querySelector("[data-hanging]"));
  list(skipped(dialog));
  dialog.dataset.url = url ?? "";
  if (!url) return;
  const sent = form ? { method: "POST", body: new FormData(form) } : {};
  const answer = await fetch(url, { ...sent, headers: { Accept: "application/json" } }).catch(
    () => null,
  );
  if (!answer?.ok || dialog.dataset.url !== url) return;
  const told = await answer.json();
  list(dialog.querySelector("[data-hanging]"), told.lines);
  list(skipped(dialog), told.skipped, told.skipped_title);
}

// Which of the ticked rows the act will leave alone; made with the dialog, so that it is read out.
function skipped(dialog) {
  const there = dialog.querySelector("[data-skipped]");
  if (there) return there;
  const box = Object.assign(document.createElement("div"), { className: "ask-more ask-skipped", hidden: true });
  box.setAttribute("role", "status");
  box.dataset.skipped = "";
  box.append(Object.assign(document.createElement("p"), { className: "ask-title" }));
  dialog.querySelector("[data-hanging], .ask-acts").before(box);
  return box;
}

function list(box, lines = [], title = "") {
  if (!box) return;
  box.querySelector("ul")?.remove();
  if (title) box.querySelector("p").textContent = title;
  box.hidden = !lines.length;
  if (box.hidden) return;
  const items = document.createElement("ul");
  items.append(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
  box.append(items);
}

function send(form, reason) {
  let field = form.querySelector("input[data-reason]");
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "reason" });
    field.dataset.reason = "";
    form.append(field);
  }
  field.value = reason;
}

// A page that comes with an open dialog (an act was chosen, or refused): over the page, not in it.
for (const shown of document.querySelectorAll("dialog[data-open]")) {
  shown.removeAttribute("open");
  shown.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) openBy(opener);
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close();
});

function openBy(opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  const picked = dialog?.querySelector("[data-picked]");
  if (picked) picked.textContent = pickedCount();
  dialog?.showModal();
  if (opener.dataset.dialogMore) tellMore(dialog, opener.dataset.dialogMore, opener.form);
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return (
    event.clientX < box.left ||
    event.clientX > box.right ||
    event.clientY < box.top ||
    event.clientY > box.bottom
  );
}
