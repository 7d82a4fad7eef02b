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

// What somebody types while the modules are still on their way is told to them when they are there:
// else a field that saves itself would wait for the next key, and the warning for the next field.
const early = (field) => field.setAttribute("data-early", "");
const note = (event) => early(event.target);
document.addEventListener("input", note, true);
for (const field of document.querySelectorAll("form[method=post] :is(input, textarea, select)")) {
  if (typedIn(field)) early(field);
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
document.removeEventListener("input", note, true);
for (const field of document.querySelectorAll("[data-early]")) {
  field.removeAttribute("data-early");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
// Who drives the page with a program (the tests do) knows by this that keys and clicks are listened to.
document.documentElement.dataset.ready = "";
