/* A fresh inbox, 获取手机验证码 and 换一张 without losing what was typed. */
"use strict";

document.querySelectorAll("[data-refresh]").forEach((button) => {
  button.addEventListener("click", () => {
    const image = document.getElementById(button.dataset.refresh);
    image.src = `${image.src.split("?")[0]}?${Date.now()}`;
  });
});

document.querySelectorAll("[data-send]").forEach((button) => {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.send, { method: "POST", body: new FormData(button.form) });
    document.getElementById("sent").textContent = (await answer.json()).words;
    if (!answer.ok) return;
    button.disabled = true;
    for (let left = 60; left > 0; left -= 1) {
      button.textContent = `${words} (${left})`;
      await new Promise((done) => setTimeout(done, 1000));
    }
    button.textContent = words;
    button.disabled = false;
  });
});

document.querySelectorAll("[data-poll]").forEach((list) => {
  setInterval(async () => {
    const answer = await fetch(window.location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(list.id);
    if (fresh && fresh.innerHTML !== list.innerHTML) list.innerHTML = fresh.innerHTML;
  }, Number(list.dataset.poll));
});
