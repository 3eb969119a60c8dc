// Tells times by the reader's clock: notes the browser's zone, rewrites what the server wrote in the event's.
(() => {
  const me = document.currentScript.dataset, here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const renamed = { Calcutta: "Kolkata", Saigon: "Ho Chi Minh", Katmandu: "Kathmandu", Rangoon: "Yangon", Kiev: "Kyiv" };
  const city = zone => { const name = zone.split("/").pop().replaceAll("_", " "); return renamed[name] || name; };
  const keep = (name, value) => { document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`; };
  const all = (query, act) => document.querySelectorAll(query).forEach(act);
  if (!here || here === me.zone) return;
  if (me.zone) {
    const box = document.getElementById("elsewhere"), read = (at, timeZone) => new Date(at).toLocaleString("sv", { timeZone });
    const same = at => read(at, here) === read(at, me.zone), now = Date.now();
    if (!box || document.cookie.includes(`${me.cookie}_not=${here}`) || same(now) && same(now + 15768e6)) return;
    all("#elsewhere [data-words]", part => { part.textContent = part.dataset.words.replaceAll("%s", city(here)); });
    box.querySelector("[name=zone]").value = here;
    box.querySelector("[type=button]").onclick = () => { keep(me.cookie + "_not", here); box.hidden = true; };
    box.hidden = false;
    return;
  }
  keep(me.cookie, here);
  const write = (at, form) => new Intl.DateTimeFormat(me.locale, { timeZone: here, ...form }).format(at);
  const plain = text => /^en-(?!US)/.test(me.locale) ? text.replaceAll(",", "") : text;
  const hour = at => write(at, { timeStyle: "short" });
  const week = at => { const day = new Date(write(at, {}) + "T12:00Z"), first = new Date(day); first.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7)); return Math.ceil(((first - Date.UTC(first.getUTCFullYear(), 0, 1)) / 864e5 + 1) / 7); };
  all("time[data-style]", time => {
    const first = new Date(time.dateTime), last = new Date(time.dataset.end || first), style = time.dataset.style;
    const form = { weekday: style, day: "numeric", month: style, year: "numeric" };
    const words = at => plain(write(at, form)) + (style === "long" && me.locale === "sv" ? ` (v ${week(at)})` : "");
    const opens = words(first), closes = words(last);
    const ends = last - first === 0 ? "" : opens === closes ? `–${hour(last)}` : last - first < 864e5 ? `–${hour(last)} (${write(last, { weekday: style })})` : ` – ${closes}, ${hour(last)}`;
    time.textContent = `${opens}, ${hour(first)}${ends}`;
  });
  const shift = at => new Intl.DateTimeFormat("en", { timeZone: here, timeZoneName: "shortOffset" }).formatToParts(new Date(at)).find(each => each.type === "timeZoneName").value.replace(/^GMT(\+0$)?/, "UTC").replace("-", "−");
  all("[data-whose]", part => {
    const at = part.dataset.at, where = city(here);
    part.textContent = part.dataset.whose.replace("%s", where + (at && where !== "UTC" ? ` (${shift(at)})` : ""));
  });
  all("form[data-here] [name=zone]", list => {
    const own = [...list.options].find(each => each.value === here || each.value && city(each.value) === city(here));
    if (own) list.value = own.value;
  });
  all("[data-event]", part => {
    const said = part.dataset.event.split(" · ");
    if (shift(part.dataset.at) === "UTC") said.shift();
    if (city(here) === city(part.dataset.zone)) said.pop();
    part.textContent = said.join(" · ");
    part.hidden = !said.length;
  });
  all("[data-note]", note => note.remove());
})();
