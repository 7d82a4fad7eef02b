// An expert's marks: each answer is saved by itself, a moment after it was typed. What the server
// has not taken stays in this browser, by person and answer, and is sent when the network is back.
const AFTER = 800;
const AGAIN = 10_000;
const root = document.querySelector("[data-marks]");
const words = root.dataset;
const total = document.querySelector("[data-marks-done]");
const hand = document.querySelector("[data-hand-in]");
const NAMES = ["mark", "comment", "abstains"];
const lines = [...root.querySelectorAll("[data-mark]")].map(line);

function line(box) {
  const place = `marks:${document.body.dataset.user}:${box.dataset.mark}`;
  const state = box.querySelector("[role=status]");
  const shown = asSent(); // as the server has it
  let timer = 0;
  let running = null;
  let wrong = false;

  function field(name) {
    return box.querySelector(`[name^="${name}-"]`);
  }

  function read() {
    return NAMES.map((name) => (field(name).type === "checkbox" ? field(name).checked : field(name).value));
  }

  // Not what it holds by now: somebody may have typed before this file was there.
  function asSent() {
    return NAMES.map((name) => field(name)).map((one) => (one.type === "checkbox" ? one.defaultChecked : one.defaultValue));
  }

  function body() {
    const data = new FormData();
    data.set("csrf_token", root.elements.namedItem("csrf_token").value);
    data.set("mark", field("mark").value);
    data.set("comment", field("comment").value);
    if (field("abstains").checked) data.set("abstains", "1");
    return data;
  }

  function kept() {
    return JSON.parse(localStorage.getItem(place) ?? "null");
  }

  function keep() {
    // upon which answer of the server it was typed: another page may have saved since
    const upon = kept()?.upon ?? shown;
    localStorage.setItem(place, JSON.stringify({ typed: read(), upon }));
  }

  function touched(wait) {
    keep();
    wrong = false;
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  // One at a time; who waits for it waits for what was typed meanwhile as well.
  function save() {
    clearTimeout(timer);
    running ??= send().finally(() => {
      running = null;
    });
    return running;
  }

  async function send() {
    let sent = "";
    while (kept() && !wrong && sent !== localStorage.getItem(place)) {
      sent = localStorage.getItem(place);
      tell(words.saving);
      try {
        const answer = await fetch(box.dataset.mark, {
          method: "POST",
          body: body(),
          headers: { Accept: "application/json" },
        });
        const told = await answer.json().catch(() => ({}));
        if (answer.ok) taken(told, sent);
        else if (localStorage.getItem(place) === sent) return refused(answer.status, told);
        // refused, but something else was typed meanwhile: the answer is not about that
      } catch {
        tell(words.failed, true);
        return;
      }
    }
  }

  function taken(told, sent) {
    if (localStorage.getItem(place) === sent) {
      localStorage.removeItem(place);
      shown.splice(0, shown.length, ...JSON.parse(sent).typed);
    }
    tell(told.message);
    mark([]);
    total.textContent = total.textContent.replace(/\d+ \/ \d+/, told.done);
  }

  function refused(status, told) {
    if (told.message) {
      wrong = true; // until something else is typed
      tell(told.message, true);
      mark(told.fields ?? []);
    } else {
      tell(status >= 500 || status === 429 ? words.failed : words.signedOut, true);
    }
  }

  function tell(text, bad = false) {
    state.textContent = text;
    state.classList.toggle("wrong", bad);
  }

  function mark(names) {
    for (const name of ["mark", "comment"]) {
      if (names.includes(name)) field(name).setAttribute("aria-invalid", "true");
      else field(name).removeAttribute("aria-invalid");
    }
  }

  function put(values) {
    NAMES.forEach((name, at) => {
      if (field(name).type === "checkbox") field(name).checked = values[at];
      else field(name).value = values[at];
    });
  }

  // What an earlier page could not hand over. The server's answer wins where it moved meanwhile.
  function resume() {
    const found = kept();
    if (!found) return;
    if (JSON.stringify(found.upon) !== JSON.stringify(shown)) {
      localStorage.removeItem(place);
      const told = found.typed.filter((one) => typeof one === "string" && one).join(" ");
      tell(words.older.replace("{typed}", told), true);
      return;
    }
    if (box.querySelector("[data-early]")) keep(); // typed on this page already: that is newer
    else put(found.typed);
    save();
  }

  function now() {
    touched(AFTER);
    save();
  }

  box.addEventListener("input", () => touched(AFTER));
  box.addEventListener("change", now);
  return {
    box,
    now,
    resume,
    save,
    unsaved: () => kept() !== null,
    focus: () => (box.querySelector("[aria-invalid]") ?? field("mark")).focus(),
  };
}

const unsaved = () => lines.filter((one) => one.unsaved());
const sendAll = () => Promise.all(unsaved().map((one) => one.save()));

// Without a script the one form saves what it carries; here each answer goes by itself.
hand?.setAttribute("form", "act");
root.addEventListener("submit", (event) => {
  event.preventDefault();
  const holds = (element) => lines.find((one) => one.box.contains(element));
  (holds(document.activeElement) ?? holds(event.submitter))?.now();
});

for (const one of lines) one.resume();
addEventListener("online", sendAll);
setInterval(() => navigator.onLine && sendAll(), AGAIN);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") sendAll();
});
addEventListener("beforeunload", (event) => {
  if (unsaved().length) event.preventDefault();
});

// Nothing is handed in over an answer that is not saved: before the dialog asks (it listens at the
// document), what is typed goes out, and the first that is not taken is shown.
let clear = false;
addEventListener(
  "click",
  async (event) => {
    if (!hand || clear || !hand.contains(event.target) || !unsaved().length) return;
    event.preventDefault();
    event.stopPropagation();
    await sendAll();
    const [first] = unsaved();
    if (first) {
      document.querySelector("[data-marks-held]").textContent = words.held;
      first.focus();
      return;
    }
    clear = true;
    hand.click();
    clear = false;
  },
  true,
);
