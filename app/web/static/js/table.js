// A table that fits keeps its head under the top bar; one that does not scrolls in its own box.
for (const box of document.querySelectorAll("[data-table]")) {
  const table = box.querySelector("table");
  const measure = () => {
    const wide = table.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", wide);
    box.classList.toggle("fits", !wide);
    box.tabIndex = wide ? 0 : -1;
  };
  new ResizeObserver(measure).observe(box);
}
