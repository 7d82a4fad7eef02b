// Asks how far a job is and shows it; goes on by itself when it is done.
const card = document.querySelector("[data-progress-url]");
const bar = card.querySelector("progress");
const text = card.querySelector("[data-progress-text]");
const count = card.querySelector("[data-progress-count]");
const next = card.querySelector("[data-progress-next]");
let wait = 700;
// Who leaves this page hears of the end on another one.
const waiting = await import(`./waiting.js${new URL(import.meta.url).search}`);
const url = card.dataset.progressUrl;
waiting.add(url);

function show(now) {
  bar.max = now.total || 1;
  if (now.total) bar.value = now.done;
  else bar.removeAttribute("value");
  if (now.text && text.textContent !== now.text) text.textContent = now.text;
  count.textContent = now.total ? `${now.done.toLocaleString()} / ${now.total.toLocaleString()}` : "";
}

async function ask() {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if ([401, 403, 404].includes(answer.status)) {
      waiting.drop(url);
      text.textContent = card.dataset.gone;
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const now = await answer.json();
    show(now);
    wait = 1000;
    if (["done", "failed", "cancelled"].includes(now.state)) waiting.drop(url);
    if (now.next_url) {
      next.querySelector("a").href = now.next_url;
      next.hidden = false;
      location.assign(now.next_url);
      return;
    }
    if (["done", "failed", "cancelled"].includes(now.state)) return;
  } catch {
    text.textContent = card.dataset.failed;
    wait = Math.min(wait * 2, 10000);
  }
  setTimeout(ask, wait);
}

setTimeout(ask, wait);
