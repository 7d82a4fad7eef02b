// Loads the module of each component that the page holds. Every page works without this file.
const parts = {
  menu: "details, [data-side-open]",
  dialog: "[data-confirm], [data-row-confirm], [data-dialog], [data-close-dialog]",
  toast: "#toasts",
  table: "[data-table]",
  bulk: "[data-bulk]",
  filters: ".filters",
  conditions: "[data-conditions]",
  views: "[data-view-save]",
  chooser: "[data-chooser]",
  pager: "[data-jump]",
  form: "[data-form], [data-merge], [data-error-summary]",
  draft: "body",
  keys: "#keys",
  palette: "#palette",
  progress: "[data-progress-url]",
  drop: "[data-drop]",
  files: "[data-unfit]",
  export: "[data-export]",
  login: "[data-fill], [data-phone-form]",
  plan: "[data-plan]",
  review: "[data-review]",
  judge: "[data-cockpit]",
  marks: "[data-marks]",
  editor: "[data-editor]",
  autosave: "[data-autosave]",
  profile: "[data-describe]",
  charts: "[data-charts]",
  "assess-zone": "[data-round-days], [data-try-rule], [data-tick-type]",
  fill: "[data-filing-form]",
  print: "[data-print]",
  copy: "[data-copy]",
};
const mark = new URL(import.meta.url).search;

// What somebody types, ticks or presses while the modules are still on their way is told to them
// when they are there: else a field that saves itself would wait for the next key, and a button that
// asks before it acts would act without asking.
const NEEDS_SCRIPT = "button[type=button], [data-confirm], [data-confirm-row]";
const early = new Map();
const pressed = new Set();
const note = ({ type, target }) => {
  const types = new Set(early.get(target)?.types).add(type);
  early.set(target, { types, checked: target.checked });
  target.setAttribute("data-early", "");
};
const hold = (event) => {
  const button = event.target.closest("button, a, [type=submit]");
  if (!button?.matches(NEEDS_SCRIPT) && !button?.form?.matches("[data-confirm]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed.add(button);
};
const listeners = { input: note, change: note, click: hold };
for (const [type, heard] of Object.entries(listeners)) document.addEventListener(type, heard, true);
for (const target of document.querySelectorAll("form[method=post] :is(input, textarea, select), [type=checkbox]")) {
  if (!typedIn(target)) continue;
  note({ type: "input", target });
  if (target.type === "checkbox") note({ type: "change", target });
}

function typedIn(field) {
  if (["hidden", "file", "submit", "button"].includes(field.type)) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const sent = [...field.options].filter((one) => one.defaultSelected);
  return sent.some((one) => !one.selected);
}

if (localStorage.getItem(`jobs:${document.body.dataset.user}`)) import(`./watch.js${mark}`);
const needed = Object.keys(parts).filter((name) => document.querySelector(parts[name]));
await Promise.allSettled(needed.map((name) => import(`./${name}.js${mark}`)));
for (const [type, heard] of Object.entries(listeners)) document.removeEventListener(type, heard, true);
for (const [field, { types, checked }] of early) {
  field.removeAttribute("data-early");
  field.checked = checked; // a module may have shown its own idea of it meanwhile
  for (const type of types) field.dispatchEvent(new Event(type, { bubbles: true }));
}
for (const button of pressed) if (button.isConnected) button.click();
// Who drives the page with a program (the tests do) knows by this that keys and clicks are listened to.
document.documentElement.dataset.ready = "";
