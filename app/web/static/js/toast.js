// Messages of the last act: said aloud once, closable; good news leaves by itself.
const box = document.getElementById("toasts");
const STAY = 6000;
const HEADS = ".view-banner, .top, .public-head";

// Below whatever head is in view just now: a message never covers the way on.
function place() {
  const ends = [...document.querySelectorAll(HEADS)].map((one) => one.getBoundingClientRect().bottom);
  box.style.setProperty("--toasts-top", `${Math.max(0, ...ends) + 8}px`);
}
place();
addEventListener("scroll", place, { passive: true });
addEventListener("resize", place);

function dress(item) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-btn";
  close.setAttribute("aria-label", box.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => item.remove());
  item.append(close);
  if (item.closest("[role=alert]") || item.querySelector("a, [form]")) return; // what one may still do stays
  let timer = setTimeout(() => item.remove(), STAY);
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("focusin", () => clearTimeout(timer));
  item.addEventListener("pointerleave", () => {
    timer = setTimeout(() => item.remove(), STAY / 2);
  });
}

// A live region speaks only about what arrives after it: put each message in once more.
for (const region of box.querySelectorAll("[role]")) {
  const items = [...region.children];
  if (!items.length) continue;
  region.replaceChildren();
  setTimeout(() => {
    region.append(...items);
    items.forEach(dress);
  }, 60);
}

// url: where the person can see what is said.
function say({ text, kind = "info", url }) {
  const item = document.createElement("p");
  item.className = `toast-item ${kind}`;
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words);
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = box.dataset.open;
    item.append(link);
  }
  const loud = kind === "danger" || kind === "warning";
  box.querySelector(loud ? "[role=alert]" : "[role=status]").append(item);
  dress(item);
}

document.addEventListener("parkdesk:say", (event) => say(event.detail));
