// 复制: to the clipboard; where the browser does not let us, the text stands selected for Ctrl+C.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(source);
    const done = await write(source.textContent);
    said.textContent = done ? button.dataset.done : button.dataset.selected;
  });
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text); // absent without https, refused without permission
    return true;
  } catch {
    return document.execCommand("copy"); // what is selected
  }
}
