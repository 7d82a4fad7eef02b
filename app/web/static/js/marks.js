// An expert's marks: each answer is saved by itself, a moment after it was typed.
const AFTER = 800;
const root = document.querySelector("[data-marks]");
const total = document.querySelector("[data-marks-done]");

for (const form of root.querySelectorAll("[data-mark]")) {
  const state = form.querySelector("[role=status]");
  let timer = 0;
  let running = false;
  let again = false;

  async function save() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    tell(root.dataset.saving);
    try {
      const sent = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const answer = await sent.json();
      tell(answer.message, !sent.ok);
      mark(sent.ok ? [] : answer.fields ?? []);
      if (sent.ok) total.textContent = total.textContent.replace(/\d+ \/ \d+/, answer.done);
    } catch {
      tell(root.dataset.failed, true);
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  }

  function tell(words, wrong = false) {
    state.textContent = words;
    state.classList.toggle("wrong", wrong);
  }

  function mark(wrong) {
    for (const name of ["mark", "comment"]) {
      const field = form.elements.namedItem(name);
      if (wrong.includes(name)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, AFTER);
  });
  form.addEventListener("change", save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
}
