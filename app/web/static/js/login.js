// Demo accounts fill the form.
for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    document.getElementById("username").value = button.dataset.fill;
    document.getElementById("password").value = button.dataset.fillPassword;
    document.querySelector(".login-go").focus();
  });
}

// 获取 without leaving the page: the code goes out, the button counts down, a puzzle appears if asked.
const form = document.querySelector("[data-phone-form]");
const get = form?.querySelector("[data-get-code]");
const box = form?.querySelector("[data-puzzle-box]");

function say(name, words) {
  const field = form.querySelector(`[data-field="${name}"]`);
  const input = field.querySelector("input");
  const place = field.querySelector(".error");
  field.classList.toggle("has-error", Boolean(words));
  place.hidden = !words;
  place.querySelector("[data-error]").textContent = words ?? "";
  if (words) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", place.id);
    input.focus();
  } else input.removeAttribute("aria-invalid");
}

function show(puzzle) {
  if (!puzzle) return;
  box.hidden = false;
  const shown = box.querySelector("[data-puzzle-shown]");
  const made = document.createElement(puzzle.kind === "picture" ? "img" : "b");
  if (puzzle.kind === "picture") Object.assign(made, { src: puzzle.image, width: 160, height: 56, alt: get.dataset.alt ?? "" });
  else made.textContent = puzzle.text;
  shown.replaceChildren(made);
  form.elements.answer.value = "";
}

let until = 0;
function tick() {
  const left = Math.ceil((until - Date.now()) / 1000);
  get.disabled = left > 0;
  get.textContent = left > 0 ? `${left} ${form.dataset.wait}` : form.dataset.again;
  if (left > 0) setTimeout(tick, 500);
}

function wait(seconds) {
  until = Date.now() + seconds * 1000;
  tick();
}

async function post(address, extra = {}) {
  const body = new FormData(form);
  // A code needs no attachments.
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await answer.json();
  return { good: answer.ok, said };
}

const FIELDS = { phone_wrong: "phone", puzzle_needed: "answer", puzzle_wrong: "answer" };

get?.addEventListener("click", async (event) => {
  event.preventDefault();
  get.disabled = true;
  // The list belongs to what was sent before; what is wrong with a code is told at the code.
  document.querySelector("[data-error-summary]")?.remove();
  for (const name of ["phone", "answer", "code"]) say(name, "");
  try {
    const { good, said } = await post(form.dataset.code);
    show(said.puzzle);
    if (good) {
      box.hidden = true;
      document.dispatchEvent(new CustomEvent("parkdesk:say", { detail: { text: said.text, kind: "success" } }));
      form.elements.code.focus();
    } else say(FIELDS[said.code] ?? "code", said.error ?? said.detail ?? form.dataset.failed);
    if (said.seconds) wait(said.seconds);
    else get.disabled = false;
  } catch {
    say("code", form.dataset.failed);
    get.disabled = false;
  }
});

for (const button of box?.querySelectorAll("button[name=kind]") ?? []) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      show((await post(form.dataset.puzzle, { kind: button.value })).said);
      form.elements.answer.focus();
    } catch {
      say("answer", form.dataset.failed);
    }
  });
}
if (Number(form?.dataset.seconds)) wait(Number(form.dataset.seconds));
// After a refused post the first wrong field is where one goes on; a list of errors leads there itself.
if (!document.querySelector("[data-error-summary]")) document.querySelector("[data-field] [aria-invalid]")?.focus();
