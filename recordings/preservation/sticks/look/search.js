// Search on a stick: loads the scripts that have the words, since a page opened as a file may load nothing else.
(() => {
  const form = document.getElementById("search"), list = document.getElementById("hits"), told = document.getElementById("told");
  if (!form) return;
  const MOST = 20, QUOTES = 3, AROUND = 90, shards = {}, said = {}, waiting = {};
  let items = null, turn = 0;
  window.ITEMS = rows => { items = rows; };
  window.WORDS = (name, found) => { shards[name] = new Map(Object.entries(found)); };
  window.SAID = (item, rows) => { said[item] = rows; };
  const load = src => waiting[src] ||= new Promise(done => {
    const script = Object.assign(document.createElement("script"), { src, onload: done, onerror: done });
    document.head.append(script);
  });
  // As recordings/search/folding.py: no accents, no capitals; letters that Unicode does not take apart as people type them.
  const plain = { "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss", "ς": "σ" };
  const fold = letter => [...letter.normalize("NFKD").toLowerCase().normalize("NFKD")]
    .filter(each => !/[\p{Mn}\p{Me}]/u.test(each)).map(each => plain[each] ?? each).join("");
  const parts = text => {
    const found = []; let word = "", start = 0, end = 0, at = 0;
    for (const letter of text) {
      const folded = fold(letter), mark = /[\p{Mn}\p{Me}]/u.test(letter), keeps = /^[\p{L}\p{N}\p{M}]+$/u.test(folded);
      if (keeps) { if (!word) start = at; word += folded; end = at + letter.length; }
      else if (!mark) { if (word) found.push({ word: word.slice(0, 64), start, end }); word = ""; }
      else if (word) end = at + letter.length;
      at += letter.length;
    }
    if (word) found.push({ word: word.slice(0, 64), start, end });
    return found;
  };
  window.FOLDED = text => parts(text).map(each => each.word);  // for the tests: the same words as the index has
  const shard = word => [...word].slice(0, 2).map(each => each.codePointAt(0).toString(16)).join("-");
  const places = (word, prefix) => {  // item → set of passages
    const found = new Map(), rows = shards[shard(word)] || new Map();
    for (const [known, pairs] of rows) {
      if (known !== word && !(prefix && known.startsWith(word))) continue;
      for (let at = 0; at < pairs.length; at += 2) {
        if (!found.has(pairs[at])) found.set(pairs[at], new Set());
        found.get(pairs[at]).add(pairs[at + 1]);
      }
    }
    return found;
  };
  const quote = (text, words) => {
    const marks = parts(text).filter(each => words.some((word, at) => each.word === word || (at === words.length - 1 && each.word.startsWith(word))));
    const from = Math.max(0, (marks[0]?.start ?? 0) - AROUND), to = Math.min(text.length, (marks[0]?.end ?? 0) + 2 * AROUND);
    const line = document.createElement("span"); let at = from;
    if (from) line.append("… ");
    for (const each of marks.filter(each => each.end <= to)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(each.start, each.end);
      line.append(text.slice(at, each.start), mark); at = each.end;
    }
    line.append(text.slice(at, to), to < text.length ? " …" : "");
    return line;
  };
  const clock = s => [s >= 3600 && Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].filter(n => n !== false).map((n, i) => i ? String(n).padStart(2, "0") : n).join(":");
  const row = (number, passages, words) => {
    const [href, title, about] = items[number], entry = document.createElement("li"), head = Object.assign(document.createElement("h2"), { dir: "auto" });
    head.append(Object.assign(document.createElement("a"), { href, textContent: title }));
    entry.append(head, Object.assign(document.createElement("p"), { className: "small", textContent: about }));
    const quotes = Object.assign(document.createElement("ul"), { className: "quotes" });
    for (const at of passages.filter(each => each).slice(0, QUOTES)) {
      const [text, place, second] = said[number]?.[at] || ["", "", -1], line = document.createElement("li");
      if (!text) continue;
      const words_at = second >= 0 ? clock(second) : form.dataset.open;
      line.append(Object.assign(document.createElement("a"), { href: href + (place ? "#" + place : ""), textContent: words_at }), " ", quote(text, words));
      quotes.append(line);
    }
    if (quotes.children.length) entry.append(quotes);
    return entry;
  };
  const search = async asked => {
    const mine = ++turn, words = [...new Set(parts(asked).map(each => each.word))];
    list.replaceChildren();
    if (!words.length) { told.textContent = ""; return; }
    told.textContent = form.dataset.busy;
    await Promise.all([load("look/items.js"), ...words.map(word => load(`look/words/${shard(word)}.js`))]);
    if (mine !== turn) return;
    const each = words.map((word, at) => places(word, at === words.length - 1 && word.length > 1));
    const all = [...each[0].keys()].filter(item => each.every(found => found.has(item)));
    const scored = all.map(item => {
      const count = new Map();
      for (const found of each) for (const passage of found.get(item)) count.set(passage, (count.get(passage) || 0) + 1);
      const passages = [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      return { item, score: (count.get(0) || 0) * 30 + passages.slice(0, 20).reduce((sum, [, n]) => sum + n * n, 0), passages: passages.map(([at]) => at) };
    }).sort((a, b) => b.score - a.score || a.item - b.item);
    const shown = scored.slice(0, MOST);
    await Promise.all(shown.map(found => load(`look/said/${found.item}.js`)));
    if (mine !== turn) return;
    told.textContent = scored.length ? form.dataset.found.replace("%s", scored.length) : form.dataset.none;
    list.replaceChildren(...shown.map(found => row(found.item, found.passages, words)));
  };
  const box = form.querySelector("input");
  form.addEventListener("submit", event => { event.preventDefault(); history.replaceState(null, "", "#q=" + encodeURIComponent(box.value)); search(box.value); });
  form.hidden = false;
  document.getElementById("plain").hidden = true;
  const asked = () => { if (location.hash.startsWith("#q=")) { try { box.value = decodeURIComponent(location.hash.slice(3)); } catch { return; } search(box.value); } };
  addEventListener("hashchange", asked);
  asked();
})();
