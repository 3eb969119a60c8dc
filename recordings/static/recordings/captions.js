// Corrects captions: a change is kept here at once, on the server a moment later.
const room = document.querySelector("[data-captions]");
const words = JSON.parse(document.getElementById("captions-words").textContent);
const find = (name, inside = room) => inside.querySelector(`[data-${name}]`);
const { key, hand, save, choose } = room.dataset;
const list = find("list"), media = find("media"), told = find("told"), publish = find("publish");
const PAGE = 50, AT_ONCE = 1000, SHELF = `captions:${key}:`;
const lines = new Map(), dirty = new Set(), undo = [], redo = [];
let order = [], page = 0, chosen = "", draft = "", revision = 0, beside = [];
let timer, keeping, busy, typing, left, made = 0;

const json = JSON.stringify, same = (a, b) => json(a ?? null) === json(b ?? null);
const put = (k, row) => (row ? lines.set(k, row) : lines.delete(k));
const on = (target, name, how) => target.addEventListener(name, how);
const say = (text) => { if (told.textContent !== text) told.textContent = text; };
const fill = (text, ...given) => text.replace(/%([abcns])/g, (_, k) => given["abc".indexOf(k)] ?? given[0]);
const copy = (name) => find(name).content.firstElementChild.cloneNode(true);
const boxAt = (k) => find(`key="${k}"`, list);
const fieldOf = (k, part) => boxAt(k)?.querySelector(`[data-part="${part}"]`);
const keyOf = (part) => part.closest("[data-key]")?.dataset.key;
const at = (place) => lines.get(order[place]);

const clock = (ms) => `${(ms / 36e5) | 0}`.padStart(2, 0) + new Date(ms).toISOString().slice(13, 23);
const millis = (text) => {
  const m = /^(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  return m && (((m[1] | 0) * 60 + (m[2] | 0)) * 60 + +m[3]) * 1000 + +(m[4] || "").padEnd(3, 0);
};

// As transcripts/checking.py has it.
const faults = (place) => {
  const [start, end, text] = at(place), lasts = end - start, length = text.trim().replace(/\s+/g, " ").length;
  return [
    lasts <= 0 && "backwards", start < at(place - 1)?.[1] && "overlap", lasts > 0 && length * 1000 > 25 * lasts && "fast",
    length > 84 && "long", !length && "empty",
  ].filter(Boolean);
};
const wrongOnes = () => [...order.keys()].filter((place) => faults(place)[0]);

const changes = (keys) => Object.fromEntries([...keys].map((k) => [k, lines.get(k) ?? null]));
const keep = () => {
  keeping = 0;
  try {
    if (!dirty.size) delete localStorage[SHELF + hand];
    else localStorage[SHELF + hand] = json({ hand, draft, seen: revision, changes: changes(dirty) });
  } catch { say(words.full); }
};
const later = (ms = 1500) => { clearTimeout(timer); timer = setTimeout(send, ms); };
const touched = () => {
  say(words.waits);
  keeping ||= setTimeout(keep, 200);
  later();
};
const post = async (url, given) => {
  const data = new FormData(find("what"));
  for (const name in given) data.set(name, name === "changes" ? json(given[name]) : given[name]);
  const answer = await fetch(url, { method: "POST", body: data, redirect: "error", headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok && answer.status !== 400) throw answer;
  return answer.json();
};

// Of a line that others wrote too, ours goes out as it was seen: the server puts it beside.
const asSent = (k, sent) => k in sent && same(lines.get(k), sent[k]);
const settled = (sent) => { for (const k in sent) if (asSent(k, sent)) dirty.delete(k); };
const take = async (answer, sent, seen) => {
  for (;;) {
    const open = Object.keys(answer.changed).filter((k) => dirty.has(k) && !asSent(k, sent) && !same(answer.changed[k], sent[k]));
    if (!open[0]) break;
    sent = { ...sent, ...changes(open) };
    answer = await post(save, { hand, draft: answer.draft, seen, changes: changes(open) });
  }
  let news = !same(beside, answer.beside);
  settled(sent);
  for (const [k, row] of Object.entries(answer.changed)) if (!dirty.has(k) && !same(lines.get(k), row)) {
    news = 1;
    put(k, row);
  }
  ({ draft, revision, beside } = answer);
  keep();
  if (news) draw();
};
const sending = async () => {
  clearTimeout(timer);
  const sent = changes([...dirty].slice(0, AT_ONCE)), seen = revision;
  try {
    const answer = await post(save, { hand, draft, seen, changes: sent });
    if (answer.wrong) throw answer;
    if (answer.moved) {
      settled(sent);
      keep();
      if (!dirty.size) { left = 1; location.replace(answer.moved); }
    } else await take(answer, sent, seen);
    if (dirty.size) later(300);
    else if (Object.keys(sent)[0]) say(fill(words.saved, new Date().toTimeString().slice(0, 5)));
  } catch ({ wrong }) {
    keep();
    say(wrong || words.offline);
    later(1e4);
  }
};
const send = () => (busy ||= !left && sending().finally(() => (busy = 0)));

// A deed: lines by key, null for one that goes; writing it gives its opposite.
const write = (after) => {
  const before = changes(Object.keys(after));
  for (const k in after) { put(k, after[k]); dirty.add(k); }
  touched();
  draw();
  return before;
};
const done = (before) => { undo.push(before); redo.length = 0; count(); };
const apply = (after) => done(write(after));
const back = (from, into) => from[0] && into.push(write(from.pop())) && count();
const commit = () => {
  const [k, row] = typing || [], differs = k && !same(row, lines.get(k));
  typing = null;
  if (differs) done({ [k]: row });
  return differs;
};

const show = (k) => {
  if (!lines.has(k)) return;
  chosen = k;
  page = (order.indexOf(k) / PAGE) | 0;
  draw();
  fieldOf(k, 2).focus({ preventScroll: 1 });
  boxAt(k).scrollIntoView({ block: "nearest" });
};
const warn = (place, box = boxAt(order[place])) => {
  if (box) find("faults", box).textContent = faults(place).map((name) => words.faults[name]).join(" ");
};
const count = () => {
  const first = page * PAGE, all = order.length, wrong = wrongOnes().length, warned = find("warned");
  find("count").textContent = fill(words.page, all && first + 1, Math.min(first + PAGE, all), all);
  warned.hidden = !wrong;
  warned.textContent = fill(words.warned, wrong);
  find("do=back").hidden = !page;
  find("do=on").hidden = first + PAGE >= all;
  find("do=undo").disabled = !undo[0];
  find("do=redo").disabled = !redo[0];
  if (publish) publish.querySelector("button").disabled = !!beside[0];
};
const besides = (k) => beside.filter((each) => each.key === k).map(({ id, row, who, at: when }) => {
  const box = copy("beside");
  find("who", box).textContent = `${fill(words.beside, who || words.somebody)} ${when}`;
  find("said", box).textContent = row ? `${clock(row[0])} – ${clock(row[1])}  ${row[2]}` : words.gone;
  ["leave", "take"].forEach((name, which) => { find(name, box).onclick = () => settle(id, which); });
  return box;
});
const settle = async (aside, which) => {
  await send();
  const seen = revision;
  try { await take(await post(choose, { aside, take: which, seen }), {}, seen); } catch { say(words.offline); }
};
const boxOf = (k, place) => {
  const box = copy("line"), row = lines.get(k), name = fill(words.line, place + 1);
  box.dataset.key = k;
  box.classList.toggle("chosen", k === chosen);
  find("number", box).textContent = place + 1;
  for (const field of box.querySelectorAll("[aria-label]")) {
    const { part } = field.dataset;
    field.setAttribute("aria-label", `${name}: ${field.getAttribute("aria-label")}`);
    if (part) field.value = part < 2 ? clock(row[part]) : row[part];
  }
  warn(place, box);
  find("besides", box).append(...besides(k));
  return box;
};
const draw = () => {
  order = [...lines].sort(([a, x], [b, y]) => x[0] - y[0] || x[1] - y[1] || a.length - b.length || (a < b ? -1 : 1))
    .map(([k]) => k);
  page = Math.max(0, Math.min(page, Math.ceil(order.length / PAGE) - 1));
  commit(); // a field that is taken away says "change"
  const held = document.activeElement, heldKey = keyOf(held), caret = held.selectionStart;
  const first = page * PAGE;
  list.replaceChildren(...order.slice(first, first + PAGE).map((k, place) => boxOf(k, first + place)));
  // Beside a line that others took out: above all.
  for (const each of beside) if (!lines.has(each.key)) list.prepend(...besides(each.key));
  count();
  const again = fieldOf(heldKey, held.dataset.part);
  if (again) { again.focus({ preventScroll: 1 }); again.setSelectionRange(caret, caret); }
};

const now = () => Math.round(media.currentTime * 1000);
const heard = () => order.findLast((k) => lines.get(k)[0] <= now());
const next = (by) => order[order.indexOf(chosen) + by];
const fresh = () => `n${hand.slice(0, 7)}${(made++).toString(36)}`;
const play = (from) => {
  if (!media) return;
  if (from >= 0) media.currentTime = from / 1000;
  else if (!media.paused) return media.pause();
  media.play().catch(() => {});
};
const time = (part) => media && lines.has(chosen) && apply({ [chosen]: Object.assign([...lines.get(chosen)], { [part]: now() }) });
const turn = (by) => { page += by; draw(); list.scrollIntoView(); };
const all = (how) => Object.fromEntries([...lines].map(([k, row]) => [k, how(row)]).filter(([k, row]) => !same(row, lines.get(k))));
const pattern = ({ elements: { find: text, case: exact } }) =>
  new RegExp(text.value ? text.value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : "$^", exact.checked ? "gu" : "giu");
const deeds = {
  play,
  here: () => show(heard() ?? order[0]),
  start: () => time(0),
  end: () => time(1),
  split: () => {
    const [from, to, text, voice] = lines.get(chosen) || [0, 0, ""], place = fieldOf(chosen, 2)?.selectionStart;
    const one = text.slice(0, place).trim(), two = text.slice(place).trim(), k = fresh();
    if (!one || !two) return say(words.cursor);
    const middle = from + Math.round(((to - from) * one.length) / (one.length + two.length));
    apply({ [chosen]: [from, middle, one, voice], [k]: [middle, to, two, voice] });
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
    const start = lines.get(chosen)?.[1] ?? 0, after = lines.get(next(1)), k = fresh();
    apply({ [k]: [start, start + Math.max(100, Math.min(2000, (after?.[0] ?? 1e9) - start)), "", ""] });
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
  back: () => turn(-1),
  on: () => turn(1),
  warned: () => {
    const wrong = wrongOnes(), from = order.indexOf(chosen);
    show(order[wrong.find((place) => place > from) ?? wrong[0]]);
  },
  find: () => {
    const form = find("what=replace"), from = order.indexOf(chosen) + 1;
    const place = (k) => lines.get(k)[2].search(pattern(form));
    const hit = [...order.slice(from), ...order.slice(0, from)].find((k) => place(k) >= 0);
    if (!hit) return say(fill(words.found, 0));
    show(hit);
    fieldOf(hit, 2).setSelectionRange(place(hit), place(hit) + form.elements.find.value.length);
  },
  replace: (form) => {
    const after = all(([a, b, text, voice]) => [a, b, text.replace(pattern(form), () => form.elements.put.value), voice]);
    const n = Object.keys(after).length;
    if (n) apply(after);
    say(fill(words.replaced, n));
  },
  shift: (form) => {
    const by = Math.round(parseFloat(form.elements.by.value.replace(",", ".")) * 1000);
    if (at(0)?.[0] + by < 0) return say(words.early);
    if (by) apply(all(([a, b, text, voice]) => [a + by, b + by, text, voice]));
  },
};

// What a closed laptop kept goes out first, by its hand.
const bringBack = async () => {
  for (const name in { ...localStorage }) if (name.startsWith(SHELF)) {
    const kept = JSON.parse(localStorage[name]), all = Object.entries(kept.changes);
    let moved;
    while (all.length) {
      const answer = await post(save, { ...kept, changes: Object.fromEntries(all.splice(0, AT_ONCE)) });
      if (answer.wrong) return;
      moved = answer.moved;
    }
    delete localStorage[name];
    say(words.restored);
    if (moved) location.replace(moved);
  }
};
await bringBack().catch(() => {});
const first = await (await fetch(room.dataset.lines, { redirect: "error" })).json();
for (const [k, ...row] of first.lines) lines.set(k, row);
({ draft, revision, beside } = first);
const sheet = find("sheet");
if (sheet.value === sheet.defaultValue) find("plain").remove(); // or typed in
for (const part of room.querySelectorAll("[data-scripted]")) part.hidden = false;

const KEYS = { Enter: "play", "[": "start", "]": "end", z: "undo", Z: "redo", y: "redo" };
on(list, "focusin", ({ target }) => {
  const k = keyOf(target);
  if (!k) return;
  boxAt(chosen)?.classList.remove("chosen");
  boxAt(chosen = k).classList.add("chosen");
});
on(list, "input", ({ target }) => {
  const { part } = target.dataset, row = [...lines.get(chosen)], value = part < 2 ? millis(target.value) : target.value;
  if (typing?.[0] !== chosen) typing = [chosen, lines.get(chosen)];
  target.setAttribute("aria-invalid", value === null);
  if (value === null) return say(words.time);
  row[part] = value;
  lines.set(chosen, row);
  dirty.add(chosen);
  const place = order.indexOf(chosen);
  warn(place);
  warn(place + 1);
  touched();
});
// Text moves no line: what is clicked next must not be drawn anew.
on(list, "change", ({ target }) => { if (commit() && target.dataset.part < 2) setTimeout(draw); });
on(room, "click", ({ target }) => {
  const deed = target.closest("[data-do]");
  if (target.closest("[data-go]")) play(lines.get(keyOf(target))[0]);
  if (deed) { commit(); deeds[deed.dataset.do](); }
});
on(room, "submit", async (event) => {
  const form = event.target, { what } = form.dataset;
  if (form === publish ? left : !what) return;
  event.preventDefault();
  if (what) return deeds[what](form);
  commit();
  await busy;
  for (let n; n !== dirty.size; await send()) n = dirty.size;
  if (!dirty.size && !left) { left = 1; form.submit(); }
});
on(list, "keydown", (event) => {
  const name = (event.ctrlKey || event.metaKey) && KEYS[event.key];
  const step = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!name && !step) return;
  event.preventDefault();
  commit();
  if (step) show(next(step));
  else if (name === "play" && event.shiftKey) play(lines.get(chosen)[0]);
  else deeds[name]();
});
if (media) on(media, "timeupdate", () => {
  const k = heard();
  for (const box of list.children) box.classList.toggle("now", box.dataset.key === k);
});
on(window, "online", send);
on(window, "beforeunload", (event) => { keep(); if (!left && dirty.size) event.preventDefault(); });
on(document, "visibilitychange", () => { if (document.hidden) { keep(); send(); } });
setInterval(() => document.hidden || send(), 2e4);
draw();
