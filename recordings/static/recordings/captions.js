// The captions' editor: fifty lines at a time. Each change is kept on this device at once and on the server a moment
// later; what others write comes in. Without it a text field does the same.
(() => {
  const room = document.querySelector("[data-captions]");
  if (!room) return;
  const words = JSON.parse(document.getElementById("captions-words").textContent);
  const find = (name, inside = room) => inside.querySelector(`[data-${name}]`);
  const { hand, lines: linesUrl, save, choose } = room.dataset;
  const list = find("list"), media = find("media"), told = find("told"), publish = find("publish");
  const PAGE = 50, AT_ONCE = 1000, SHELF = `captions:${room.dataset.key}:`;
  const lines = new Map(), base = new Map(), dirty = new Set(), undo = [], redo = [];
  let order = [], page = 0, chosen = "", draft = "", revision = 0, beside = [];
  let timer, keeping, busy, typing, left, made = 0;

  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  const set = (map, k, row) => (row ? map.set(k, row) : map.delete(k));
  const say = (text) => { if (told.textContent !== text) told.textContent = text; };
  const fill = (text, value) => text.replace("%s", () => value);
  const copy = (name) => find(name).content.firstElementChild.cloneNode(true);
  const fieldOf = (k, part) => list.querySelector(`[data-key="${k}"] [data-part="${part}"]`);
  const at = (place) => lines.get(order[place]);

  // Times: milliseconds here, 01:02:03.450 on the page.
  const clock = (ms) => {
    const two = (n) => String(Math.floor(n)).padStart(2, "0");
    return `${two(ms / 36e5)}:${two((ms / 6e4) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  };
  const millis = (text) => {
    const m = /^(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/.exec(text.trim());
    return m && ((+(m[1] || 0) * 60 + +(m[2] || 0)) * 60 + +m[3]) * 1000 + +(m[4] || "").padEnd(3, "0");
  };

  // What may be wrong with a line, as transcripts/checking.py says it.
  const faults = (place) => {
    const row = at(place), before = at(place - 1), lasts = row[1] - row[0], length = row[2].trim().replace(/\s+/g, " ").length;
    const found = {
      backwards: lasts <= 0, overlap: before && row[0] < before[1], fast: lasts > 0 && length * 1000 > 25 * lasts,
      long: length > 84, empty: !length,
    };
    return Object.keys(found).filter((name) => found[name]);
  };
  const wrongOnes = () => [...order.keys()].filter((place) => faults(place).length);
  const sort = () => {
    order = [...lines.keys()].sort((a, b) => {
      const x = lines.get(a), y = lines.get(b);
      return x[0] - y[0] || x[1] - y[1] || a.length - b.length || (a < b ? -1 : 1);
    });
  };

  // Keeping: on this device under the hand that wrote it, until the server has it.
  const changes = (keys) => Object.fromEntries([...keys].map((k) => [k, lines.get(k) ?? null]));
  const keep = () => {
    clearTimeout(keeping);
    try {
      if (!dirty.size) return localStorage.removeItem(SHELF + hand);
      localStorage.setItem(SHELF + hand, JSON.stringify({ hand, draft, seen: revision, changes: changes(dirty) }));
    } catch { say(words.full); }
  };
  const later = (ms = 1500) => { clearTimeout(timer); timer = setTimeout(send, ms); };
  const touched = () => {
    say(words.waits);
    clearTimeout(keeping);
    keeping = setTimeout(keep, 200);
    later();
  };
  const post = async (url, given) => {
    const data = new FormData(room.querySelector("[data-what]"));
    for (const name in given) data.set(name, name === "changes" ? JSON.stringify(given[name]) : given[name]);
    const answer = await fetch(url, { method: "POST", body: data, redirect: "error", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok && answer.status !== 400) throw new Error();
    return answer.json();
  };

  // Where somebody else wrote a line that is being written here too, what is here goes out once more as it was seen,
  // so that the server puts it beside; then theirs stands in its place.
  const take = async (answer, sent, seen) => {
    for (;;) {
      for (const k in sent) if (!answer.aside?.includes(k)) set(base, k, sent[k]);
      const asSent = (k) => k in sent && same(lines.get(k), sent[k]);
      const open = Object.keys(answer.changed).filter((k) => dirty.has(k) && !asSent(k) && !same(answer.changed[k], sent[k]));
      if (!open.length) break;
      sent = { ...sent, ...changes(open) };
      answer = await post(save, { hand, draft: answer.draft, seen, changes: changes(open) });
    }
    let news = !same(beside, answer.beside);
    for (const [k, row] of Object.entries(answer.changed)) {
      set(base, k, row);
      if (dirty.has(k) && !same(lines.get(k), sent[k])) continue;
      news ||= !same(lines.get(k), row);
      set(lines, k, row);
    }
    for (const k of dirty) if (same(lines.get(k), base.get(k))) dirty.delete(k);
    ({ draft, revision, beside } = answer);
    keep();
    if (news) draw();
  };
  const send = async () => {
    clearTimeout(timer);
    if (busy || left) return;
    busy = true;
    const sent = changes([...dirty].slice(0, AT_ONCE)), seen = revision;
    let wrong = words.offline;
    try {
      const answer = await post(save, { hand, draft, seen, changes: sent });
      if ((wrong = answer.wrong)) throw new Error();
      wrong = words.offline;
      if (answer.moved) {
        for (const k in sent) if (same(lines.get(k), sent[k])) dirty.delete(k);
        keep();
        if (!dirty.size) { left = true; location.replace(answer.moved); }
      } else await take(answer, sent, seen);
      if (dirty.size) later(300);
      else if (Object.keys(sent).length) say(fill(words.saved, new Date().toTimeString().slice(0, 5)));
    } catch {
      keep();
      say(wrong);
      later(10000);
    }
    busy = false;
  };

  // A deed is a set of lines by key, null for one that goes; writing it gives its opposite.
  const write = (after) => {
    const before = changes(Object.keys(after));
    for (const k in after) { set(lines, k, after[k]); dirty.add(k); }
    touched();
    draw();
    return before;
  };
  const done = (before) => { undo.push(before); redo.length = 0; };
  const apply = (after) => { done(write(after)); count(); };
  const back = (from, into) => { if (from.length) { into.push(write(from.pop())); count(); } };
  const commit = () => {
    const was = typing;
    typing = null;
    const differs = was && !same(was[1], lines.get(was[0]));
    if (differs) done({ [was[0]]: was[1] });
    return differs;
  };

  // The page of lines.
  const show = (k) => {
    if (!lines.has(k)) return;
    chosen = k;
    page = Math.floor(order.indexOf(k) / PAGE);
    draw();
    const field = fieldOf(k, 2);
    field.focus({ preventScroll: true });
    field.closest("li").scrollIntoView({ block: "nearest" });
  };
  const warn = (place) => {
    const box = list.querySelector(`[data-key="${order[place]}"]`);
    if (box) find("faults", box).textContent = faults(place).map((name) => words.faults[name]).join(" ");
  };
  const count = () => {
    const first = page * PAGE, wrong = wrongOnes().length, warned = find("warned");
    find("count").textContent = words.page.replace("%a", order.length && first + 1)
      .replace("%b", Math.min(first + PAGE, order.length)).replace("%c", order.length);
    warned.hidden = !wrong;
    warned.textContent = fill(words.warned, wrong);
    find("do=undo").disabled = !undo.length;
    find("do=redo").disabled = !redo.length;
    if (publish) publish.querySelector("button").disabled = beside.length > 0;
  };
  const besides = (k) => beside.filter((each) => each.key === k).map(({ id, row, who, at: when }) => {
    const box = copy("beside");
    find("who", box).textContent = `${fill(words.beside, who || words.somebody)} ${when}`;
    find("said", box).textContent = row ? `${clock(row[0])} – ${clock(row[1])}  ${row[2]}` : words.gone;
    find("take", box).onclick = () => settle(id, 1);
    find("leave", box).onclick = () => settle(id, 0);
    return box;
  });
  const settle = async (aside, which) => {
    await send();
    const seen = revision;
    try { await take(await post(choose, { aside, take: which, seen }), {}, seen); } catch { say(words.offline); }
  };
  const boxOf = (k, place) => {
    const box = copy("line"), row = lines.get(k), name = words.line.replace("%n", place + 1);
    box.dataset.key = k;
    box.classList.toggle("chosen", k === chosen);
    find("number", box).textContent = place + 1;
    find("go", box).setAttribute("aria-label", `${name}: ${words.play}`);
    [words.starts, words.ends, words.text, words.voice].forEach((label, part) => {
      const field = find(`part="${part}"`, box);
      field.value = part < 2 ? clock(row[part]) : row[part];
      field.setAttribute("aria-label", `${name}: ${label}`);
      if (part === 3) field.placeholder = label;
    });
    find("besides", box).append(...besides(k));
    return box;
  };
  const draw = () => {
    commit(); // a field that is taken away says "change"
    sort();
    page = Math.max(0, Math.min(page, Math.ceil(order.length / PAGE) - 1));
    const held = document.activeElement, heldKey = held.closest("[data-key]")?.dataset.key, caret = held.selectionStart;
    const first = page * PAGE, shown = order.slice(first, first + PAGE);
    list.replaceChildren(...shown.map((k, place) => boxOf(k, first + place)));
    shown.forEach((_, place) => warn(first + place));
    // Of a line that others took out, the text beside it stands above all.
    for (const each of beside) if (!lines.has(each.key)) list.prepend(...besides(each.key));
    count();
    const again = heldKey && held.dataset.part && fieldOf(heldKey, held.dataset.part);
    if (again) { again.focus({ preventScroll: true }); again.setSelectionRange(caret, caret); }
  };

  // Deeds.
  const now = () => Math.round(media.currentTime * 1000);
  const heard = () => order.findLast((k) => lines.get(k)[0] <= now());
  const next = (by) => order[order.indexOf(chosen) + by];
  const fresh = () => `n${hand.slice(0, 7)}${(made++).toString(36)}`;
  const play = (from) => {
    if (!media) return;
    if (from !== undefined) media.currentTime = from / 1000;
    if (from === undefined && !media.paused) media.pause(); else media.play().catch(() => {});
  };
  const time = (part) => {
    const row = [...(lines.get(chosen) || [])];
    if (!row.length || !media) return;
    row[part] = now();
    apply({ [chosen]: row });
  };
  const deeds = {
    play: () => play(),
    here: () => show(heard() ?? order[0]),
    start: () => time(0),
    end: () => time(1),
    split: () => {
      const row = lines.get(chosen), place = fieldOf(chosen, 2)?.selectionStart, k = fresh();
      const [one, two] = row ? [row[2].slice(0, place).trim(), row[2].slice(place).trim()] : [];
      if (!one || !two) return say(words.cursor);
      const middle = row[0] + Math.round(((row[1] - row[0]) * one.length) / (one.length + two.length));
      apply({ [chosen]: [row[0], middle, one, row[3]], [k]: [middle, row[1], two, row[3]] });
      show(k);
    },
    merge: () => {
      const row = lines.get(chosen), after = next(1), other = lines.get(after);
      if (!row || !other) return;
      const named = other[3] && other[3] !== row[3] ? `${other[3]}: ` : "";
      const text = [row[2], named + other[2]].filter((each) => each.trim()).join("\n");
      apply({ [chosen]: [row[0], Math.max(row[1], other[1]), text, row[3]], [after]: null });
      show(chosen);
    },
    insert: () => {
      const start = lines.get(chosen)?.[1] ?? 0, after = lines.get(chosen ? next(1) : order[0]), k = fresh();
      apply({ [k]: [start, start + Math.min(2000, Math.max(after ? after[0] - start : 2000, 100)), "", ""] });
      show(k);
    },
    delete: () => {
      const after = next(1) ?? next(-1);
      if (!lines.has(chosen)) return;
      apply({ [chosen]: null });
      show(after);
    },
    undo: () => back(undo, redo),
    redo: () => back(redo, undo),
    back: () => { page--; draw(); list.scrollIntoView(); },
    on: () => { page++; draw(); list.scrollIntoView(); },
    warned: () => {
      const wrong = wrongOnes(), from = order.indexOf(chosen);
      show(order[wrong.find((place) => place > from) ?? wrong[0]]);
    },
  };
  const all = (how) => Object.fromEntries([...lines].map(([k, row]) => [k, how(row)]).filter(([k, row]) => !same(row, lines.get(k))));
  const pattern = ({ elements: { find: text, case: exact } }) =>
    new RegExp(text.value ? text.value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : "$^", exact.checked ? "gu" : "giu");
  const whole = {
    replace: (form) => {
      const after = all(([a, b, text, voice]) => [a, b, text.replace(pattern(form), () => form.elements.put.value), voice]);
      if (Object.keys(after).length) apply(after);
      say(fill(words.replaced, Object.keys(after).length));
    },
    shift: (form) => {
      const by = Math.round(parseFloat(form.elements.by.value.replace(",", ".")) * 1000);
      if (order.length && at(0)[0] + by < 0) return say(words.early);
      if (by) apply(all(([a, b, text, voice]) => [a + by, b + by, text, voice]));
    },
  };
  const findNext = () => {
    const form = find("what=replace"), from = order.indexOf(chosen) + 1;
    const place = (k) => lines.get(k)[2].search(pattern(form));
    const hit = [...order.slice(from), ...order.slice(0, from)].find((k) => place(k) >= 0);
    if (!hit) return say(fill(words.found, 0));
    show(hit);
    fieldOf(hit, 2).setSelectionRange(place(hit), place(hit) + form.elements.find.value.length);
  };

  const KEYS = { Enter: "play", "[": "start", "]": "end", z: "undo", Z: "redo", y: "redo" }, STEPS = { ArrowDown: 1, ArrowUp: -1 };
  const listen = () => {
    list.addEventListener("focusin", ({ target }) => {
      const box = target.closest("[data-key]");
      if (!box) return;
      list.querySelector(".chosen")?.classList.remove("chosen");
      box.classList.add("chosen");
      chosen = box.dataset.key;
    });
    list.addEventListener("input", ({ target }) => {
      const { part } = target.dataset, row = [...lines.get(chosen)], value = part < 2 ? millis(target.value) : target.value;
      if (typing?.[0] !== chosen) typing = [chosen, lines.get(chosen)];
      target.setAttribute("aria-invalid", value === null);
      if (value === null) return say(words.time);
      row[part] = value;
      lines.set(chosen, row);
      dirty.add(chosen);
      const place = order.indexOf(chosen);
      [place, place + 1].forEach(warn);
      touched();
    });
    // Text leaves the lines where they are, and the field that is clicked next must not be drawn anew under the hand.
    list.addEventListener("change", ({ target }) => { if (commit()) target.dataset.part < 2 ? setTimeout(draw) : count(); });
    room.addEventListener("click", ({ target }) => {
      const deed = target.closest("[data-do]"), go = target.closest("[data-go]");
      if (go) play(lines.get(go.closest("[data-key]").dataset.key)[0]);
      if (deed) { commit(); deeds[deed.dataset.do](); }
      if (target.closest("[data-next]")) findNext();
    });
    room.addEventListener("submit", async (event) => {
      const form = event.target, { what } = form.dataset;
      if (what) { event.preventDefault(); whole[what](form); }
      if (form !== publish || left) return;
      event.preventDefault();
      commit();
      await send();
      if (!dirty.size && !busy) { left = true; form.submit(); }
    });
    list.addEventListener("keydown", (event) => {
      const name = (event.ctrlKey || event.metaKey) && KEYS[event.key], step = event.altKey && STEPS[event.key];
      if (!name && !step) return;
      event.preventDefault();
      commit();
      if (step) show(next(step));
      else if (name === "play" && event.shiftKey) play(lines.get(chosen)[0]);
      else deeds[name]();
    });
    media?.addEventListener("timeupdate", () => {
      const k = heard();
      for (const box of list.children) box.classList.toggle("now", box.dataset.key === k);
    });
    addEventListener("online", send);
    addEventListener("pagehide", keep);
    addEventListener("beforeunload", (event) => { keep(); if (!left && dirty.size) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) { keep(); send(); } });
    setInterval(() => document.hidden || send(), 20000);
  };

  // What a closed laptop kept goes out first, by the hand that wrote it; then the page begins.
  const bringBack = async () => {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(SHELF))) {
      const kept = JSON.parse(localStorage.getItem(name)), all = Object.entries(kept.changes);
      let moved;
      while (all.length) {
        const answer = await post(save, { ...kept, changes: Object.fromEntries(all.splice(0, AT_ONCE)) });
        if (answer.wrong) return;
        moved = answer.moved;
      }
      localStorage.removeItem(name);
      say(words.restored);
      if (moved) location.replace(moved);
    }
  };
  const start = async () => {
    await bringBack().catch(() => {});
    const answer = await (await fetch(linesUrl, { redirect: "error" })).json();
    for (const [k, ...row] of answer.lines) { lines.set(k, row); base.set(k, row); }
    ({ draft, revision, beside } = answer);
    find("plain").remove();
    room.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
    listen();
    draw();
  };
  start().catch(() => {});
})();
