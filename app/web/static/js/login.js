// Demo accounts fill the form.
for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    document.getElementById("username").value = button.dataset.fill;
    document.getElementById("password").value = button.dataset.fillPassword;
    document.querySelector(".login-go").focus();
  });
}
