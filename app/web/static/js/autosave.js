// A form whose draft lies on the server: saved some seconds after somebody typed, and on leaving.
// Without this file the buttons save it.
const AFTER = 15_000;
const form = document.querySelector("[data-autosave]");
const state = form.querySelector("[data-form-state]");
const named = (name) => form.elements.namedItem(name);
let timer = 0;
let running = false;
let again = false;
let stopped = false;
let waiting = null;

function plain({ files }) {
  const body = new FormData(form);
  if (!files) for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
  return body;
}

function taken(answer) {
  form.action = answer.action;
  form.dataset.autosave = answer.autosave;
  named("version").value = answer.version;
  named("opened").value = answer.opened;
  history.replaceState(null, "", answer.action);
  state.textContent = answer.message;
  form.dispatchEvent(new CustomEvent("saved"));
}

async function save({ files = false } = {}) {
  if (stopped) return;
  if (running) {
    again = again || { files };
    return;
  }
  running = true;
  clearTimeout(timer);
  timer = 0;
  state.textContent = form.dataset.saving;
  try {
    const sent = await fetch(form.dataset.autosave, {
      method: "POST",
      body: plain({ files }),
      headers: { Accept: "application/json" },
    });
    const answer = await sent.json().catch(() => ({}));
    if (sent.ok) {
      taken(answer);
      if (files) uploaded(answer);
    } else {
      stopped = sent.status === 409;
      state.textContent = answer.message ?? form.dataset.failed;
    }
  } catch {
    state.textContent = form.dataset.failed;
  }
  running = false;
  if (waiting) {
    form.requestSubmit(waiting);
    waiting = null;
    return;
  }
  if (again) {
    const next = again;
    again = false;
    save(next);
  }
}

// The server says what became of the chosen files; the inputs are free for others.
function uploaded(answer) {
  for (const [part, html, keys] of [["cover", answer.cover, answer.cover_key], ["files", answer.files, answer.file_keys]]) {
    const place = form.querySelector(`[data-part=${part}]`);
    if (!place) continue;
    place.innerHTML = html;
    named(part === "cover" ? "cover_key" : "files").value = keys;
  }
  if (answer.errors) state.textContent = answer.errors;
  for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
}

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(save, AFTER);
};
form.addEventListener("input", (event) => {
  if (event.target.type !== "file") later();
});
form.addEventListener("change", (event) => {
  if (event.target.type === "file" && event.target.files.length) save({ files: true });
});
form.addEventListener("click", (event) => {
  const cover = event.target.closest("[data-take-cover]");
  const file = event.target.closest("[data-take-file]");
  if (cover) {
    named("cover_key").value = "";
    form.querySelector("[data-part=cover]").replaceChildren();
  } else if (file) {
    const kept = named("files").value.split(",").filter((key) => key !== file.dataset.takeFile);
    named("files").value = kept.join(",");
    file.closest("li").remove();
  } else return;
  later();
});
// A button pressed while a save is under way waits for it: it goes on from the version that makes.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form) return;
    stopped = true;
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    event.stopPropagation();
    waiting = event.submitter;
  },
  true,
);
addEventListener("pageshow", (event) => {
  if (event.persisted) stopped = false;
});
// Leaving: what is typed goes on its way while the page closes.
addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || stopped || running || !timer) return;
  clearTimeout(timer);
  timer = 0;
  save();
});
