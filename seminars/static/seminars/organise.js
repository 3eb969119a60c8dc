// Below /organise/ only. Everything works without it: it hides what does not apply, and finds a city by typing.
(() => {
  "use strict";

  const valuesOf = (form, name) => {
    const found = form.querySelectorAll(`[name="${name}"]`);
    const on = [...found].filter((each) => !/^(radio|checkbox)$/.test(each.type) || each.checked);
    return on.length ? on.map((each) => each.value) : [""];
  };

  // data-when="rhythm=weekly,once": shown while that field has one of these values. A mistake is never hidden.
  const showWhatApplies = (form) => {
    const parts = [...form.querySelectorAll("[data-when]")];
    for (const part of parts) {
      const [name, values] = part.dataset.when.split("=");
      const asked = form.querySelector(`[name="${name}"]`)?.closest("[data-when]");
      const applies = valuesOf(form, name).some((value) => values.split(",").includes(value));
      part.hidden = (!applies || Boolean(asked && asked.hidden)) && !part.querySelector("[aria-invalid]");
    }
    for (const pair of form.querySelectorAll(".pair")) {
      const inside = [...pair.querySelectorAll("[data-when]")];
      pair.hidden = inside.length === pair.children.length && inside.every((part) => part.hidden);
    }
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const addFinder = (select) => {
    const groups = [...select.children].map((group) => ({
      group,
      options: group.tagName === "OPTGROUP" ? [...group.children] : null,
      words: plain(group.label || ""),
    }));
    const box = document.createElement("input");
    box.type = "search";
    box.className = "finder";
    box.placeholder = select.dataset.zonePicker;
    box.setAttribute("aria-label", select.dataset.zonePicker);
    box.setAttribute("autocomplete", "off");
    box.setAttribute("aria-controls", select.id);
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = plain(box.value.trim());
      const before = select.value;
      let best = null;
      const kept = [];
      for (const { group, options, words } of groups) {
        if (!options) {
          if (!wanted) kept.push(group);
          continue;
        }
        const country = words.includes(wanted);
        const fitting = options.filter((option) => country || plain(option.textContent).includes(wanted));
        if (!fitting.length) continue;
        group.replaceChildren(...fitting);
        kept.push(group);
        best = best || fitting.find((option) => plain(option.textContent).startsWith(wanted));
      }
      box.toggleAttribute("aria-invalid", !kept.length);
      if (!kept.length) return box.setAttribute("aria-invalid", "true");
      select.replaceChildren(...kept);
      const still = [...select.options].find((option) => option.value === before);
      select.value = wanted && !(still && !best) ? (best || select.options[0]).value : before;
      if (select.value !== before) select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    select.before(box);
  };

  // A long list of ticks: what is typed above it hides the rest; what is ticked stays in sight, and comes first.
  const addTickFinder = (field) => {
    const list = field.querySelector(".choices");
    const rows = [...list.children].map((row) => ({ row, tick: row.querySelector("input"), words: plain(row.textContent) }));
    rows.filter(({ tick }) => tick.checked).reverse().forEach(({ row }) => list.prepend(row));
    const box = document.createElement("input");
    box.type = "search";
    box.className = "finder";
    box.setAttribute("aria-label", field.dataset.finds);
    box.placeholder = field.dataset.finds;
    box.setAttribute("autocomplete", "off");
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = plain(box.value.trim());
      for (const { row, tick, words } of rows) row.hidden = !(words.includes(wanted) || tick.checked);
    });
    box.addEventListener("change", (event) => event.stopPropagation());
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.before(box);
  };

  const once = (form) =>
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      else {
        form.dataset.sent = "yes";
        // Back with the browser's button, the form can be sent again.
        setTimeout(() => delete form.dataset.sent, 4000);
      }
    });

  const start = () => {
    document.querySelectorAll("[data-without-script]").forEach((part) => (part.hidden = true));
    document.querySelectorAll("select[data-zone-picker]").forEach(addFinder);
    document.querySelectorAll("[data-finds]").forEach(addTickFinder);
    document.querySelectorAll("main form").forEach((form) => {
      once(form);
      if (!form.querySelector("[data-when]")) return;
      showWhatApplies(form);
      form.addEventListener("change", () => showWhatApplies(form));
    });
  };
  // A part that is fetched anew every few seconds waits while somebody types in it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (part.id === "live" && part.querySelector("details[open], input:focus, textarea:focus")) event.preventDefault();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
