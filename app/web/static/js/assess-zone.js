// 考核管理 and 考核方案: working days as they are typed, parks by type, "what does 72 score?".
const days = document.querySelector("[data-round-days]");
const kinds = document.querySelector("[data-tick-type]");
const trial = document.querySelector("[data-try-rule]");
const DAYS = ["opens_on", "fill_until", "late_until", "review_until"];

function field(name) {
  return document.querySelector(`form [name="${name}"]`);
}

function hint(name) {
  const input = field(name);
  const known = document.getElementById(`${input.id}-hint`);
  if (known) return known;
  const line = document.createElement("p");
  line.className = "hint";
  const made = document.createElement("span");
  made.id = `${input.id}-hint`;
  line.append(made);
  input.closest(".field").append(line);
  input.setAttribute("aria-describedby", made.id);
  return made;
}

async function told(more = {}) {
  const query = new URLSearchParams(more);
  for (const name of DAYS) query.set(name, field(name).value);
  const answer = await fetch(`${days.dataset.roundDays}?${query}`, {
    headers: { Accept: "application/json" },
  });
  return answer.ok ? answer.json() : { values: {}, hints: {} };
}

function show(hints) {
  for (const name of DAYS) hint(name).textContent = hints[name] ?? "";
}

if (days) {
  const section = field("opens_on").closest(".panel");
  section.append(days);
  days.hidden = false;
  for (const name of DAYS) {
    field(name).addEventListener("change", async () => show((await told()).hints));
  }
  days.querySelector("[data-propose]").addEventListener("click", async () => {
    const { values, hints } = await told({ version: field("scheme_version_id").value || "0" });
    for (const [name, value] of Object.entries(values)) {
      field(name).value = value;
      field(name).dispatchEvent(new Event("input", { bubbles: true }));
    }
    show(hints);
  });
}

if (kinds) {
  for (const button of kinds.querySelectorAll("[data-kind]")) {
    button.addEventListener("click", () => {
      for (const box of document.querySelectorAll("input[data-type]")) {
        if (!button.dataset.kind) box.checked = false;
        else if (box.dataset.type === button.dataset.kind) box.checked = true;
      }
    });
  }
}

if (trial) {
  const form = trial.closest("form");
  const said = trial.querySelector("output");
  const chosen = form.querySelector("[data-rule-type]");
  const value = trial.querySelector("input");
  const unit = trial.querySelector("[data-try-unit]");
  let last = 0;
  let timer;
  let own = false; // once somebody has typed a value of their own, it stays

  // Fields of the other rules go away: what stays is what the chosen rule asks for.
  const fold = () => {
    for (const part of form.querySelectorAll("[data-rules]")) {
      const on = part.dataset.rules.split(" ").includes(chosen.value);
      part.hidden = !on;
      for (const input of part.querySelectorAll("input, textarea, select")) input.disabled = !on;
    }
  };
  const ask = async () => {
    last += 1;
    const mine = last;
    const answer = await fetch(trial.dataset.tryRule, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (mine !== last || !answer?.ok) return;
    const told = await answer.json();
    said.textContent = told.said;
    if (!own && told.value !== undefined) value.value = told.value;
  };
  const measure = () => {
    const expert = chosen.value === "expert";
    unit.textContent = expert ? trial.dataset.points : field("unit").value || trial.dataset.noUnit;
  };
  chosen.addEventListener("change", fold);
  form.addEventListener("input", (event) => {
    if (event.target === value) own = true;
    else if (!own) value.value = ""; // the rule moved: begin with what fits it
    measure();
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
  fold();
  measure();
  ask();
}
