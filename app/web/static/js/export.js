// The export's page stays while its file is saved: a purpose is asked for while a personal column is
// ticked, and a refusal that was answered goes away. An export without personal columns asks for none.
const form = document.querySelector("[data-export]");
const purpose = form.querySelector("#purpose");
const must = form.querySelector("[data-must]");
const heading = document.querySelector("h1").textContent.trim();

function ask() {
  const personal = form.querySelector("[data-personal]:checked") !== null;
  purpose.setAttribute("aria-required", personal);
  if (must) must.hidden = !personal;
}

if (purpose) {
  form.addEventListener("change", ask);
  form.addEventListener("submit", () => {
    document.querySelector("[data-error-summary]")?.remove();
    form.querySelector("#columns").removeAttribute("aria-describedby");
    document.title = document.title.slice(document.title.indexOf(heading));
    for (const told of form.querySelectorAll("p.error")) told.remove();
    purpose.removeAttribute("aria-invalid");
    purpose.setAttribute("aria-describedby", "purpose-hint");
  });
  ask();
}
