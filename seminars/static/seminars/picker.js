// Filters the long list of cities by what is typed: a city, a country, or part of one. Without it the list works too.
(() => {
  const list = document.querySelector("select[name=zone]"), box = document.getElementById("zone-search");
  if (!list || !box) return;
  const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const groups = [...list.querySelectorAll("optgroup")].map(group => ({
    label: group.label, country: plain(group.label),
    options: [...group.querySelectorAll("option")].map(option => ({ option, words: plain(option.text + " " + option.value) })),
  }));
  document.getElementById("zone-filter").hidden = false;
  if (!list.value) {  // nothing is chosen yet: the reader's own city is the likeliest
    const renamed = { "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon", "Asia/Saigon": "Asia/Ho_Chi_Minh", "Europe/Kiev": "Europe/Kyiv" };
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;  // Chromium says it by the old names
    list.value = renamed[here] || here;
    if (!list.value) list.value = "";
  }
  box.addEventListener("input", () => {
    const wanted = plain(box.value.trim()), chosen = list.value;
    list.replaceChildren();
    for (const { label, country, options } of groups) {
      const found = options.filter(({ words }) => country.includes(wanted) || words.includes(wanted));
      if (!found.length) continue;
      const group = document.createElement("optgroup");
      group.label = label;
      group.append(...found.map(({ option }) => option));
      list.append(group);
    }
    list.value = chosen;
    if (!list.value && list.options.length) list.selectedIndex = 0;
  });
})();
