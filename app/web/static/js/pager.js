// 跳至 a page.
const field = document.querySelector("[data-jump]");
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const wanted = Number.parseInt(field.value.normalize("NFKC"), 10);
  if (!Number.isFinite(wanted)) return;
  const page = Math.min(Math.max(wanted, 1), Number(field.dataset.pages));
  location.assign(field.dataset.jump + page);
});
