// Menus close on Escape, on a click outside and when another opens; the side menu is a drawer.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (side?.classList.contains("open")) {
    closeSide();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (!menu || document.activeElement.matches("input:not([type=checkbox]), select")) return;
  const stops = [...menu.querySelectorAll("a, button, input")].filter((stop) => stop.offsetParent);
  const at = stops.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  if (stops[next]) {
    event.preventDefault();
    stops[next].focus();
  }
});

for (const pick of document.querySelectorAll("[data-pick][data-some]")) {
  pick.addEventListener("change", () => {
    const ticked = [...pick.querySelectorAll("input:checked")];
    pick.querySelector("[data-pick-text]").textContent =
      ticked.length === 0
        ? pick.dataset.none
        : ticked.length === 1
          ? ticked[0].closest("label").textContent.trim()
          : pick.dataset.some.replace("{n}", ticked.length);
  });
}

const side = document.getElementById("side");
const opener = document.querySelector("[data-side-open]");
const veil = document.querySelector("[data-side-close]");
const frame = document.querySelector(".frame");

function closeSide() {
  side.classList.remove("open");
  frame.inert = false;
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
}

// A long menu shows where one is.
const here = side?.querySelector('.side-nav [aria-current="page"]');
if (here) {
  const nav = here.closest(".side-nav");
  const below = here.getBoundingClientRect().bottom - nav.getBoundingClientRect().bottom;
  if (below > 0) nav.scrollTop += below + nav.clientHeight / 3;
}

if (opener) {
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", "side");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    side.classList.add("open");
    opener.setAttribute("aria-expanded", "true");
    frame.inert = true;
    side.querySelector("a").focus();
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      opener.click();
    }
  });
  veil.addEventListener("click", closeSide);
}
