// The jobs that this person asked for and has not seen the end of: addresses of their status.
const KEY = `jobs:${document.body.dataset.user ?? ""}`;

export function all() {
  return JSON.parse(localStorage.getItem(KEY) ?? "[]");
}

function keep(urls) {
  if (urls.length) localStorage.setItem(KEY, JSON.stringify(urls));
  else localStorage.removeItem(KEY);
}

export function drop(url) {
  keep(all().filter((one) => one !== url));
}

export function add(url) {
  keep([...new Set([...all(), url])].slice(-20));
}
