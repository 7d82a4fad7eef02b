// Native dialogs: one that asks before an act (data-confirm), others opened by id (data-dialog).
const ask = document.getElementById("confirm");
let agreed = null;

function wants(button) {
  return button?.closest("[data-confirm]") ?? null;
}

function pickedCount() {
  return document.querySelector("[data-bulk-count]")?.textContent ?? "";
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
    if (!form.dataset.confirm || agreed === form) return;
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

function open(source, go) {
  const { confirm, confirmLabel, confirmKind } = source.dataset;
  ask.querySelector("#confirm-text").textContent = confirm.replace("{n}", pickedCount());
  const yes = ask.querySelector("[data-yes]");
  yes.dataset.word ??= yes.textContent;
  yes.textContent = confirmLabel || yes.dataset.word;
  yes.className = `btn ${confirmKind === "primary" ? "btn-primary" : "btn-danger"}`;
  ask.returnValue = "";
  ask.onclose = () => {
    source.focus?.();
    if (ask.returnValue === "yes") go();
  };
  ask.showModal();
  ask.querySelector("[data-cancel]").focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close();
});

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return (
    event.clientX < box.left ||
    event.clientX > box.right ||
    event.clientY < box.top ||
    event.clientY > box.bottom
  );
}
