// The review screen: keys that walk and decide (they can be switched off), phrases, the send-back tick.
const form = document.querySelector("[data-review]");
const reason = form.querySelector("[data-review-reason]");
const help = document.getElementById("keys");
const box = help?.querySelector("[data-keys-switch]");
const OFF = "keys-off";

document.querySelector("[data-focus]")?.focus();

for (const chip of form.querySelectorAll("[data-phrase]")) {
  chip.addEventListener("click", () => {
    const before = reason.value.trim();
    reason.value = before ? `${before}；${chip.dataset.phrase}` : chip.dataset.phrase;
    reason.dispatchEvent(new Event("input", { bubbles: true }));
    reason.focus();
  });
}

// A "no" without its reason is told at the field before the way to the server and back.
function mark(wrong) {
  const said = document.getElementById("reason-error");
  form.querySelector("[data-reason-field]").classList.toggle("has-error", wrong);
  said.hidden = !wrong;
  if (wrong) reason.setAttribute("aria-invalid", "true");
  else reason.removeAttribute("aria-invalid");
  reason.setAttribute("aria-describedby", wrong ? `${said.id} reason-hint` : "reason-hint");
}
reason?.addEventListener("input", () => mark(false));

// One click decides one item: not a second time while the answer is on its way, and not the item
// that comes next with the same button under the same finger. Until then its acts are seen to rest.
const PAUSE = 600;
const DECIDED = "review-decided";
let sent = false;
if (sessionStorage.getItem(DECIDED)) {
  sessionStorage.removeItem(DECIDED);
  const acts = [...form.querySelectorAll(".actionbar-acts button")];
  for (const act of acts) act.disabled = true;
  form.dataset.resting = "";
  setTimeout(() => {
    for (const act of acts) act.disabled = false;
    delete form.dataset.resting;
  }, PAUSE);
}
form.addEventListener("submit", (event) => {
  const act = event.submitter?.value;
  const needs = act === "send_back" || act === "refuse" || form.action.includes("/revocation/");
  const bare = needs && !event.submitter?.hasAttribute("formaction") && !reason.value.trim();
  if (bare) {
    mark(true);
    reason.focus();
  } else if (!sent) {
    // What asks once more stops the event after this: only what is really sent counts.
    setTimeout(() => {
      sent = !event.defaultPrevented;
      if (sent) sessionStorage.setItem(DECIDED, "1");
    });
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
addEventListener("pageshow", () => { sent = false; });

function press(key) {
  const found = document.querySelector(`[data-key="${key}"]`);
  if (!found) return false;
  if (key === "r") {
    if (!reason.value.trim()) {
      mark(true);
      reason.focus();
      return true;
    }
  }
  found.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat || document.querySelector("dialog[open]")) return;
  const off = box ? !box.checked : localStorage.getItem(OFF) !== null;
  if (off) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
    // What was typed is a reason: it goes with the likely next act.
    event.preventDefault();
    press(reason?.value.trim() ? "r" : "a");
    return;
  }
  const busy = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["n", "p", "a", "r"].includes(event.key) && press(event.key)) event.preventDefault();
});
