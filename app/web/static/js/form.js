// Focus on the error summary, counters, the warning before unsaved text is lost, one submit only.
const summary = document.querySelector("[data-error-summary]");
summary?.focus();
summary?.addEventListener("click", (event) => {
  const target = document.getElementById(event.target.hash?.slice(1) ?? "");
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
});

for (const counter of document.querySelectorAll("[data-counter]")) {
  const field = document.getElementById(counter.dataset.counter);
  const most = Number(counter.dataset.max);
  const show = () => {
    const used = [...field.value].length;
    counter.textContent = `${used} / ${most}`;
    counter.classList.toggle("over", used > most);
  };
  field.addEventListener("input", show);
  show();
}

const form = document.querySelector("[data-form], [data-merge]");
if (form) {
  let dirty = false;
  let sending = false;
  const state = form.querySelector("[data-form-state]");
  const touched = () => {
    if (dirty) return;
    dirty = true;
    if (state) state.textContent = form.dataset.unsaved;
  };
  form.addEventListener("input", touched);
  form.addEventListener("submit", (event) => {
    if (sending) event.preventDefault();
    sending = true;
  });
  form.addEventListener("saved", () => {
    dirty = false;
  });
  addEventListener("pageshow", () => {
    sending = false;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !sending) event.preventDefault();
  });
}
