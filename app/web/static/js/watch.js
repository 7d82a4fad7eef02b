// Says, on whatever page the person went on to, that a job they asked for has ended.
const EVERY = 3000;
const ENDED = ["done", "failed", "cancelled"];
const waiting = await import(`./waiting.js${new URL(import.meta.url).search}`);
const shown = document.querySelector("[data-progress-url]")?.dataset.progressUrl;

async function ask(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error" });
  // Signed out, no right any more, or gone: it will not be told to this page.
  if ([401, 403, 404].includes(answer.status)) waiting.drop(url);
  if (!answer.ok) return;
  const now = await answer.json();
  if (!ENDED.includes(now.state)) return;
  waiting.drop(url);
  const page = url.replace(/\/status$/, "");
  if (location.pathname === page) return; // it stands there
  const kind = now.state === "done" ? "success" : "danger";
  const detail = { text: `${now.title} ${now.text}`, kind, url: now.next_url || page };
  document.dispatchEvent(new CustomEvent("parkdesk:say", { detail }));
}

async function round() {
  // Away from the network: asked again in the next round.
  await Promise.allSettled(waiting.all().filter((url) => url !== shown).map(ask));
  if (waiting.all().length) setTimeout(round, EVERY);
}

setTimeout(round, 300);
