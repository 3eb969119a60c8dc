// Saves what is typed a moment later, and shows what others write meanwhile. Without it the button saves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.getElementById("saved");
  const fields = [...form.querySelectorAll("[name^='a-']")];
  const known = form.querySelector("[name=known]");
  const base = new Map(fields.map((field) => [field, field.defaultValue ?? field.value]));
  fields.forEach((field) => field.tagName === "SELECT" && base.set(field, field.value));
  const nameOf = (field) => field.name.slice(2);
  const seenOf = (field) => form.querySelector(`[name="seen-${nameOf(field)}"]`);
  const besideOf = (name) => form.querySelector(`[data-beside="${name}"]`);
  const isDirty = (field) => field.value !== base.get(field);
  let timer = 0, busy = false, sending = false;

  const say = (words, time = "") => { if (status.textContent !== words.replace("%s", time)) status.textContent = words.replace("%s", time); };

  const tellWrong = (field, words) => {
    const id = `${field.id}-said`;
    let place = document.getElementById(id);
    if (!words) { if (place) { place.remove(); field.removeAttribute("aria-invalid"); } return; }
    if (!place) {
      place = document.createElement("p");
      place.id = id;
      place.className = "errors";
      field.after(place);
    }
    place.textContent = words;
    field.setAttribute("aria-invalid", "true");
  };

  const take = (answer, sent) => {
    let missed = false;
    for (const field of fields) {
      const name = nameOf(field), now = answer.fields[name], was = sent.get(field), panel = besideOf(name);
      const html = answer.beside[name] || "";
      if (panel && panel.dataset.html !== html && !panel.contains(document.activeElement)) {
        panel.innerHTML = html;
        panel.dataset.html = html;
      }
      if (was !== undefined) {
        tellWrong(field, answer.wrong[name]);
        base.set(field, was);
      }
      if (!now) continue;
      if (was !== undefined) {
        if (now[0] === was.replace(/\r\n?/g, "\n").trim()) seenOf(field).value = now[1];
      } else if (isDirty(field) || field === document.activeElement) {
        missed = true;
      } else {
        field.value = now[0];
        base.set(field, field.value);
        seenOf(field).value = now[1];
      }
    }
    if (!missed) known.value = answer.known;
  };

  const send = async () => {
    clearTimeout(timer);
    if (busy || sending) return;
    const sent = new Map(fields.filter(isDirty).map((field) => [field, field.value]));
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "hand", "known"]) data.append(name, form.querySelector(`[name=${name}]`).value);
    for (const [field, value] of sent) {
      data.append(field.name, value);
      data.append(seenOf(field).name, seenOf(field).value);
    }
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: data, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      take(await answer.json(), sent);
      if (sent.size) say(status.dataset.saved, new Date().toTimeString().slice(0, 5));
      busy = false;
      if (fields.some(isDirty)) later();
    } catch {
      busy = false;
      say(status.dataset.failed);
      timer = setTimeout(send, 10000);
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, 1500);
  };

  form.addEventListener("input", () => {
    say(status.dataset.waits);
    later();
  });
  form.addEventListener("submit", () => {
    sending = true; // the whole form goes with the button
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => { sending = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && fields.some(isDirty)) send(); });
  window.addEventListener("beforeunload", (event) => { if (!sending && fields.some(isDirty)) event.preventDefault(); });
  setInterval(() => { if (!document.hidden) send(); }, 20000);
})();
