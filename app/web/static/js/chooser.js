// Order of the columns by buttons; the ticked ones travel as one list, in their order.
for (const form of document.querySelectorAll("[data-chooser]")) {
  const list = form.querySelector("ul");
  const buttons = form.querySelector("template").content;
  for (const label of list.querySelectorAll("label:not(:has([data-fixed]))")) {
    const made = buttons.cloneNode(true);
    const name = label.textContent.trim();
    for (const button of made.querySelectorAll("button"))
      button.ariaLabel = button.ariaLabel.replace("{name}", name);
    label.after(made);
  }
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (!button) return;
    const row = button.closest("li");
    const up = "up" in button.dataset;
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other || other.querySelector("[data-fixed]")) return;
    if (up) other.before(row);
    else other.after(row);
    button.focus();
  });
  form.addEventListener("change", (event) => {
    if ("fixed" in event.target.dataset) event.target.checked = true;
  });
  form.addEventListener("formdata", (event) => {
    event.formData.set("columns", event.formData.getAll("columns").join(","));
  });
}
