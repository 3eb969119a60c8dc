// Beside allauth's own script for passkeys: hides their buttons where the browser has none, and says in words when one
// was not given. Who changes their mind closes the browser's window: that is no fault.
(() => {
  const said = document.getElementById("passkey_error");
  document.querySelectorAll("[data-passkey]").forEach(each => { each.hidden = !window.PublicKeyCredential; });
  document.addEventListener("allauth.error", event => {
    event.preventDefault();
    if (said) said.hidden = false;
  });
})();
