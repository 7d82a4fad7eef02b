// 另存为 beside the menu of views opens it at the name.
const menu = document.querySelector("details.views");

document.querySelector("[data-view-save]").addEventListener("click", (event) => {
  event.stopPropagation(); // a click outside closes menus
  menu.open = true;
  menu.querySelector("#view-name").focus();
});
