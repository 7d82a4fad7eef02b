// A table that fits keeps its head under the top bar; one that does not scrolls in its own box,
// and a shadow says at which side there is more.
for (const box of document.querySelectorAll("[data-table]")) {
  const table = box.querySelector("table");
  const sides = () => {
    const wide = box.classList.contains("scrolls");
    const left = table.scrollWidth - box.clientWidth - box.scrollLeft;
    box.classList.toggle("more-before", wide && box.scrollLeft > 1);
    box.classList.toggle("more-after", wide && left > 1);
  };
  const measure = () => {
    const wide = table.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", wide);
    box.classList.toggle("fits", !wide);
    box.tabIndex = wide ? 0 : -1;
    sides();
  };
  box.addEventListener("scroll", sides, { passive: true });
  new ResizeObserver(measure).observe(box);
}
