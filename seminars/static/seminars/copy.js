// Copies an address, and says so. Without a script the field can be selected by hand.
document.querySelectorAll("[data-copy]").forEach(field => { field.onfocus = () => field.select(); });
document.querySelectorAll("[data-copy-from]").forEach(button => {
  const field = document.getElementById(button.dataset.copyFrom), words = button.querySelector("span"), before = words.textContent;
  words.setAttribute("aria-live", "polite"); // not role=status: it would take the name from the button
  button.hidden = false;
  button.onclick = async () => {
    try { await navigator.clipboard.writeText(field.value); } catch { field.select(); if (!document.execCommand("copy")) return; }
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 2500);
  };
});
