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

if (localStorage.getItem(`jobs:${document.body.dataset.user}`)) import(`./watch.js${mark}`);
const needed = Object.keys(parts).filter((name) => document.querySelector(parts[name]));
await Promise.allSettled(needed.map((name) => import(`./${name}.js${mark}`)));
// Who drives the page with a program (the tests do) knows by this that keys and clicks are listened to.
document.documentElement.dataset.ready = "";
