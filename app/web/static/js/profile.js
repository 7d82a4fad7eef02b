// A text for each chosen photo at once, so that sending the form needs no second round.
for (const input of document.querySelectorAll("input[type=file][data-describe]")) {
  const place = document.querySelector(`[data-described-files="${input.id}"]`);
  input.addEventListener("change", () => {
    place.replaceChildren();
    for (const file of input.files) {
      const label = document.createElement("label");
      label.className = "profile-alt";
      const words = document.createElement("span");
      words.textContent = input.dataset.describe.replace("@", file.name);
      const text = document.createElement("input");
      text.className = "form-control";
      text.name = `${input.name}.new`;
      text.maxLength = 100;
      text.autocomplete = "off";
      label.append(words, text);
      place.append(label);
    }
  });
}
