// 展开, empty parameters left out of the address, and the drawer on a phone.
const form = document.querySelector(".filters");
const more = form.querySelector("[data-more]");

more?.addEventListener("click", () => {
  const closed = document.getElementById("filters-more").classList.toggle("is-closed");
  more.setAttribute("aria-expanded", String(!closed));
  more.querySelector("span").textContent = closed ? more.dataset.open : more.dataset.close;
});

form.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData.entries()]) {
    if (value !== "") continue;
    const filled = event.formData.getAll(name).filter((text) => text !== "");
    event.formData.delete(name);
    for (const text of filled) event.formData.append(name, text);
  }
});

const opener = document.querySelector("[data-filter-open]");
if (opener) {
  const drawer = document.createElement("dialog");
  const place = document.createComment("filters");
  drawer.className = "drawer";
  drawer.setAttribute("aria-label", opener.textContent.trim());
  document.body.append(drawer);
  opener.addEventListener("click", () => {
    form.replaceWith(place);
    drawer.append(form);
    drawer.showModal();
  });
  drawer.addEventListener("close", () => {
    place.replaceWith(form);
    opener.focus();
  });
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close();
  });
  matchMedia("(width > 768px)").addEventListener("change", () => drawer.open && drawer.close());
}
