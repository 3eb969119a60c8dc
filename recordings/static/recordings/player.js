// The player: opens on a click, begins where the address says, shows slides, words and chapters in step with what is
// heard, keeps speed and place on this device. Nothing is fetched before; without this script plain links do its work.
(() => {
  const box = document.getElementById("player");
  const stage = box?.querySelector(".stage");
  if (!stage) return;
  const find = name => box.querySelector(name), all = name => [...box.querySelectorAll(name)];
  const links = all(".ways [data-way]"), poster = find(".poster"), screen = find(".screen"), slide = find(".slide");
  const controls = find(".controls"), speed = find(".speed"), again = find(".again"), said = find(".copied");
  const key = "meridian.at." + box.dataset.key, told = box.dataset;
  const steps = JSON.parse(told.steps || "[]"), tracks = JSON.parse(told.captions || "[]");
  const clock = s => [s >= 3600 && Math.floor(s / 3600), Math.floor(s / 60) % 60, Math.floor(s % 60)]
    .filter(n => n !== false).map((n, i) => i ? String(n).padStart(2, "0") : n).join(":");
  // A browser may refuse to keep anything: then nothing is kept, and all else works.
  const keep = (name, value) => { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* refused */ } };
  const kept = name => { try { return localStorage.getItem(name); } catch { return null; } };
  let media = null, way = "", page = -1, saved = 0;
  // Told to screen readers as well: without a value of its own the attribute says nothing to them.
  const current = (rows, one) => { for (const each of rows) each === one ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current"); };

  // The way to begin with: the one this reader took last, the voice for who saves data, else the first with pictures.
  const usual = () => {
    const named = name => links.find(each => each.dataset.way === name);
    const light = "thrifty" in told || navigator.connection?.saveData;
    return named(kept("meridian.way")) || (light && named("listen")) || named("watch") || links[0];
  };

  const build = link => {
    const made = document.createElement(link.dataset.tag);
    Object.assign(made, { controls: true, preload: "none", playsInline: true });
    made.setAttribute("aria-label", link.dataset.label);
    const picture = poster?.querySelector("img");
    if (made.tagName === "VIDEO" && picture) made.poster = picture.src;
    for (const each of JSON.parse(link.dataset.sources)) made.append(Object.assign(document.createElement("source"), each));
    if (made.tagName === "VIDEO")
      for (const each of tracks) made.append(Object.assign(document.createElement("track"), { kind: "captions", ...each }));
    made.addEventListener("play", heard, { once: true });
    made.addEventListener("timeupdate", () => {
      follow();
      if (Math.abs(made.currentTime - saved) > 4) keep(key, saved = Math.floor(made.currentTime));
    });
    made.addEventListener("seeking", follow);
    made.addEventListener("ended", () => keep(key, null));
    return made;
  };

  // At the first play captions come on, unless they were switched off; and the phone's lock screen gets its buttons.
  const heard = () => {
    const texts = media.textTracks;
    if (kept("meridian.captions") !== "off" && ![...texts].some(each => each.mode === "showing")) toggle();
    texts.addEventListener("change", () => keep("meridian.captions", [...texts].some(each => each.mode === "showing") ? "on" : "off"));
    if (!("mediaSession" in navigator)) return;
    const picture = poster?.querySelector("img")?.src;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: told.title, artist: told.by, album: told.series, artwork: picture ? [{ src: picture }] : [],
    });
    const acts = { seekbackward: () => skip(-10), seekforward: () => skip(10), seekto: asked => { media.currentTime = asked.seekTime; } };
    for (const [name, act] of Object.entries(acts)) try { navigator.mediaSession.setActionHandler(name, act); } catch { /* not known there */ }
  };

  const open = (link, at) => {
    if (way !== link.dataset.way) {
      at ??= media ? media.currentTime : asked;
      media?.pause();
      way = link.dataset.way;
      media = build(link);
      screen.replaceChildren(media);
      stage.hidden = controls.hidden = false;
      if (poster) poster.hidden = true;
      current(links, link);
      setSpeed();
      page = -1;
      keep("meridian.way", way);
      if (at) media.currentTime = at;
    } else if (at !== undefined) media.currentTime = at;
    find(".starts")?.remove();
    again.hidden = true;
    media.play().catch(() => {}); // a browser that wants another click has its own button for it
    follow();
  };
  const jump = at => open(media ? links.find(each => each.dataset.way === way) : usual(), at);
  const show = () => stage.scrollIntoView({ block: "nearest" });
  const skip = seconds => { media.currentTime += seconds; };

  // Where to begin: the second in the address, or, offered by a button, where this reader stopped.
  const hash = () => Number(/[#&]t=([\d.]+)/.exec(location.hash)?.[1]) || 0;
  const asked = hash() || Number(told.start) || 0;
  const stopped = Number(kept(key)) || 0;
  if (!asked && stopped > 10) {
    again.textContent = again.dataset.words.replace("%s", clock(stopped));
    again.hidden = false;
    again.addEventListener("click", () => jump(stopped));
  }
  addEventListener("hashchange", () => hash() && jump(hash()));
  for (const each of [...links, ...(poster ? [poster] : [])]) each.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(each === poster ? links.find(link => link.dataset.way === poster.dataset.way) : each);
    show();
    media.focus({ preventScroll: true });
  });
  if (poster) poster.hidden = false;

  const setSpeed = () => { if (media) media.defaultPlaybackRate = media.playbackRate = Number(speed.value); };
  if ([...speed.options].some(each => each.value === kept("meridian.speed"))) speed.value = kept("meridian.speed");
  speed.addEventListener("change", () => { setSpeed(); keep("meridian.speed", speed.value); });
  const toggle = () => {
    const texts = [...media.textTracks], shown = texts.find(each => each.mode === "showing");
    if (shown) shown.mode = "disabled"; else if (texts[0]) texts[0].mode = "showing";
  };

  // In step: the words being said are marked and kept in sight, the slide stands beside, the chapter is marked.
  const lists = all(".said").map(list => ({ list, cues: [...list.querySelectorAll("span[data-t]")] }));
  const marks = all(".chapters [data-t]");
  const last = (rows, at) => rows.findLast(each => Number(each.dataset.t) <= at);
  const follow = () => {
    const at = media.currentTime + 0.05;
    for (const { list, cues } of lists) {
      const cue = last(cues, at), before = list.querySelector(".here");
      if (cue === before) continue;
      before?.classList.remove("here");
      if (!cue) continue;
      cue.classList.add("here");
      if (!list.matches(":hover, :focus-within")) list.scrollTop = cue.offsetTop - list.clientHeight / 3;
    }
    const chapter = last(marks, at);
    current(marks, chapter);
    turn(steps.findLast(([start]) => start <= at)?.[1] || 0);
  };
  const turn = number => {
    if (number === page || !slide) return;
    page = number;
    const leaf = find(`[data-page="${number}"] img`), shown = slide.querySelector("img");
    slide.hidden = !leaf || way === "slides"; // there the slides are the picture
    find(".copy-slide").hidden = !leaf;
    if (!leaf) return;
    Object.assign(shown, { src: leaf.src, alt: leaf.alt, width: leaf.width, height: leaf.height });
    slide.querySelector("figcaption").textContent = slide.dataset.words.replace("%s", number);
    // The next one is fetched ahead: on a slow line it would come long after its words.
    const next = slide.hidden ? 0 : steps.find(([start, page]) => start > media.currentTime + 0.05 && page)?.[1];
    const ahead = next && find(`[data-page="${next}"] img`);
    if (ahead) new Image().src = ahead.src;
  };
  for (const { list } of lists) list.querySelectorAll(".here").forEach(each => { list.scrollTop = each.offsetTop - list.clientHeight / 3; });
  box.addEventListener("click", event => {
    const place = event.target.closest("[data-t]");
    if (!place || !getSelection().isCollapsed || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", "?t=" + Math.floor(place.dataset.t) + "#player");
    jump(Number(place.dataset.t));
    if (place.closest(".transcript")) return; // who reads along stays with the words
    show();
    if (!place.isConnected) media.focus({ preventScroll: true });
  });

  // Links to what is seen and heard now.
  const copy = async query => {
    const address = location.origin + location.pathname + query + "#player";
    try { await navigator.clipboard.writeText(address); } catch {
      const field = Object.assign(document.createElement("textarea"), { value: address });
      box.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    said.textContent = said.dataset.words;
    setTimeout(() => { said.textContent = ""; }, 2500);
  };
  find(".copy-second").addEventListener("click", () => copy("?t=" + Math.floor(media.currentTime)));
  find(".copy-slide").addEventListener("click", () => copy("?slide=" + page));

  box.addEventListener("keydown", event => {
    if (!media || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input, textarea")) return;
    const step = n => { speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + n, 0), speed.options.length - 1); speed.dispatchEvent(new Event("change")); };
    const act = {
      k: () => media.paused ? media.play() : media.pause(),
      j: () => skip(-10),
      l: () => skip(10),
      c: toggle,
      "<": () => step(-1),
      ">": () => step(1),
    }[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
})();
