// Takes out of the chosen files what cannot be sent, and says so: a form that comes back with errors
// has lost all of them.
for (const input of document.querySelectorAll("input[type=file][data-unfit]")) {
  const endings = input.accept.split(",");
  const { most, bytes, unfit, many } = input.dataset;
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  input.closest(".field").append(said);
  input.addEventListener("change", () => {
    const fits = (file) =>
      file.size > 0 && file.size <= Number(bytes) && endings.some((one) => file.name.toLowerCase().endsWith(one));
    const chosen = [...input.files];
    const good = chosen.filter(fits);
    const kept = good.slice(0, Number(most));
    const words = [
      [unfit, chosen.filter((file) => !fits(file))],
      [many, good.slice(kept.length)],
    ];
    said.textContent = words
      .filter(([, files]) => files.length)
      .map(([text, files]) => text.replace("{names}", files.map((file) => file.name).join(" ")))
      .join(" ");
    if (kept.length === chosen.length) return;
    const rest = new DataTransfer();
    for (const file of kept) rest.items.add(file);
    input.files = rest.files;
  });
}
