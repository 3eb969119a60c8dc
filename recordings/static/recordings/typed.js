// What is typed into rows stays on this device until it is saved: who leaves, loads again or was signed out finds it here.
const HELD = ["revision", "since", "until"], PLACE = ["deck", "part", "chapters"];
const asked = new URLSearchParams(location.search), saved = asked.get("saved");
let going = false;

const watch = (form) => {
  const { elements } = form, shelf = ["typed", form.action, ...PLACE.map((name) => elements[name]?.value)].join(" ");
  const all = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
  const differs = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  const dirty = () => "unsaved" in form.dataset || [...all("start"), ...all("what"), ...all("remove")].some(differs);

  const keep = () => {
    const whats = all("what"), gone = all("remove");
    const rows = all("start").map((field, at) => [field.value, whats[at].value, !!gone[at]?.checked]);
    try {
      if (dirty()) sessionStorage[shelf] = JSON.stringify({ held: HELD.map((name) => elements[name].value), rows });
      else delete sessionStorage[shelf];
    } catch { /* no room: it stays on the page */ }
  };

  // All rows as they were, with the revision that was seen: if others saved meanwhile, the server says so.
  const restore = ({ held, rows }) => {
    for (let last = all("start").at(-1)?.closest("[data-row]"); last && all("start").length < rows.length;) {
      last.after(last.cloneNode(true));
    }
    HELD.forEach((name, at) => { elements[name].value = held[at]; });
    const starts = all("start"), whats = all("what"), gone = all("remove");
    starts.forEach((field, at) => {
      const [start, what, removed] = rows[at] || ["", "", false], hidden = removed && !gone[at];
      field.value = hidden ? "" : start;
      whats[at].value = hidden ? "" : what;
      if (gone[at]) gone[at].checked = removed;
    });
    form.querySelector("[data-restored]").hidden = false;
  };

  try {
    if (saved === form.dataset.typed) delete sessionStorage[shelf];
    const kept = sessionStorage[shelf];
    if ("unsaved" in form.dataset) keep();
    else if (kept) restore(JSON.parse(kept));
  } catch { /* nothing can be kept here */ }
  form.addEventListener("input", keep);
  return dirty;
};

const dirty = [...document.querySelectorAll("form[data-typed]")].map(watch);
if (saved) {
  asked.delete("saved");
  history.replaceState(null, "", location.pathname + (`${asked}` && `?${asked}`) + location.hash);
}
document.addEventListener("submit", () => { going = true; });
window.addEventListener("pageshow", () => { going = false; });
window.addEventListener("beforeunload", (event) => { if (!going && dirty.some((is) => is())) event.preventDefault(); });
