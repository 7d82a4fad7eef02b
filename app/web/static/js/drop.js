// A label with a file input inside: files may be dropped on it, and it says which one was taken.
for (const area of document.querySelectorAll("[data-drop]")) {
  const input = area.querySelector("input[type=file]");
  const name = area.querySelector("[data-drop-name]");
  const show = () => {
    const file = input.files[0];
    if (name) name.textContent = file ? `${file.name} (${(file.size / 1048576).toFixed(1)} MB)` : "";
    if (file && "dropSubmit" in area.dataset) input.form.requestSubmit();
  };
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    area.addEventListener(kind, () => area.classList.remove("over"));
  }
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);
  if (input.files.length) show(); // chosen before this module was there
}
