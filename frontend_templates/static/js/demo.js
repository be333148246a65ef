// The demo city's sign-in page: a click on an account fills the form.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-demo-account]");
  if (!button) return;
  const form = document.getElementById("sign-in");
  form.elements.username.value = button.dataset.demoAccount;
  form.elements.password.value = button.closest("[data-demo-password]").dataset.demoPassword;
  form.querySelector("button[type=submit]").focus();
});
