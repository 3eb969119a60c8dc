// Tells times by the reader's own clock: notes the browser's zone, rewrites what the server wrote in the event's zone.
(() => {
  const me = document.currentScript.dataset, here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const city = zone => zone.split("/").pop().replaceAll("_", " ");
  const keep = (name, value) => { document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`; };
  if (!here || here === me.zone) return;
  if (me.zone) {
    const box = document.getElementById("elsewhere");
    if (!box || document.cookie.includes(`${me.cookie}_not=${here}`)) return;
    const same = at => new Date(at).toLocaleString("sv", { timeZone: here }) === new Date(at).toLocaleString("sv", { timeZone: me.zone });
    if (same(Date.now()) && same(Date.now() + 15768e6)) return;
    box.querySelectorAll("[data-words]").forEach(part => { part.textContent = part.dataset.words.replaceAll("%s", city(here)); });
    box.querySelector("[name=zone]").value = here;
    box.querySelector("[type=button]").addEventListener("click", () => { keep(me.cookie + "_not", here); box.hidden = true; });
    box.hidden = false;
    return;
  }
  keep(me.cookie, here);
  const write = (at, form) => new Intl.DateTimeFormat(me.locale, { timeZone: here, ...form }).format(at);
  const day = (at, form) => me.locale === "en-US" ? write(at, form) : write(at, form).replaceAll(",", "");
  const hour = { hour: "numeric", minute: "2-digit" };
  document.querySelectorAll("time[data-end]").forEach(time => {
    const first = new Date(time.dateTime), last = new Date(time.dataset.end), long = time.dataset.style === "long" ? "long" : "short";
    const form = { weekday: long, day: "numeric", month: long, year: "numeric" }, opens = day(first, form), closes = day(last, form);
    time.textContent = `${opens}, ${write(first, hour)}${opens === closes ? "–" : ` – ${closes}, `}${write(last, hour)}`;
  });
  document.querySelectorAll("[data-whose]").forEach(part => {
    const name = new Intl.DateTimeFormat("en", { timeZone: here, timeZoneName: "shortOffset" }).formatToParts(new Date(part.dataset.at)).find(p => p.type === "timeZoneName").value;
    part.textContent = part.dataset.whose.replace("%s", `${city(here)} (${name.replace("GMT", "UTC").replace("-", "−")})`);
  });
  document.querySelectorAll("[data-note]").forEach(note => note.remove());
})();
