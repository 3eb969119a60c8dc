// The player: begins where the address says, follows the transcript and jumps from it, keeps speed and place on this
// device. Nothing is fetched before somebody presses play; without this script the browser's own player does its work.
(() => {
  const box = document.getElementById("player");
  if (!box) return;
  const media = [...box.querySelectorAll("video, audio")];
  let current = media[0];
  const controls = box.querySelector(".controls");
  const speed = controls.querySelector("select");
  const again = controls.querySelector("button");
  const key = "meridian.at." + box.dataset.key;
  const clock = s => [s >= 3600 && Math.floor(s / 3600), Math.floor(s / 60) % 60, Math.floor(s % 60)]
    .filter(n => n !== false).map((n, i) => i ? String(n).padStart(2, "0") : n).join(":");
  // A browser may refuse to keep anything: then nothing is kept, and all else works.
  const keep = (name, value) => { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* refused */ } };
  const kept = name => { try { return localStorage.getItem(name); } catch { return null; } };

  const jump = seconds => {
    current.currentTime = seconds;
    current.play().catch(() => {});
    box.querySelector(".starts")?.remove();
  };

  // Where to begin: the second in the address, or, offered by a button, where this reader stopped.
  const asked = Number(new URLSearchParams(location.search).get("t")) || Number(/[#&]t=([\d.]+)/.exec(location.hash)?.[1]) || 0;
  const stopped = Number(kept(key)) || 0;
  if (/[#&]t=/.test(location.hash) && asked) current.currentTime = asked;
  if (!asked && stopped > 10) {
    again.textContent = again.dataset.words.replace("%s", clock(stopped));
    again.hidden = false;
    again.addEventListener("click", () => { again.hidden = true; jump(stopped); });
  }
  addEventListener("hashchange", () => {
    const found = /[#&]t=([\d.]+)/.exec(location.hash);
    if (found) jump(Number(found[1]));
  });

  const setSpeed = rate => { media.forEach(each => { each.defaultPlaybackRate = each.playbackRate = rate; }); };
  if ([...speed.options].some(each => each.value === kept("meridian.speed"))) speed.value = kept("meridian.speed");
  setSpeed(Number(speed.value));
  speed.addEventListener("change", () => { setSpeed(Number(speed.value)); keep("meridian.speed", speed.value); });
  controls.hidden = false;

  // Captions stay off until the first play, so that the page fetches nothing; then on, unless they were switched off.
  const tracks = current.textTracks;
  const toggleCaptions = () => {
    const shown = [...tracks].find(each => each.mode === "showing");
    if (shown) shown.mode = "disabled"; else if (tracks[0]) tracks[0].mode = "showing";
  };
  current.addEventListener("play", () => {
    if (kept("meridian.captions") !== "off" && ![...tracks].some(each => each.mode === "showing")) toggleCaptions();
    tracks.addEventListener("change", () => keep("meridian.captions", [...tracks].some(each => each.mode === "showing") ? "on" : "off"));
  }, { once: true });

  // The transcript: the words being said are marked and kept in sight; a click on words goes there.
  const lists = [...box.querySelectorAll(".said")].map(list => ({ list, cues: [...list.querySelectorAll("span[data-t]")] }));
  const follow = () => {
    for (const { list, cues } of lists) {
      const at = current.currentTime + 0.05;
      const cue = cues.findLast(each => Number(each.dataset.t) <= at);
      const before = list.querySelector(".here");
      if (cue === before) continue;
      before?.classList.remove("here");
      if (!cue) continue;
      cue.classList.add("here");
      if (!list.matches(":hover, :focus-within")) list.scrollTop = cue.offsetTop - list.clientHeight / 3;
    }
  };
  for (const { list } of lists) {
    list.querySelectorAll(".here").forEach(each => { list.scrollTop = each.offsetTop - list.clientHeight / 3; });
    list.addEventListener("click", event => {
      const cue = event.target.closest("[data-t]");
      if (!cue || !getSelection().isCollapsed || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(null, "", "?t=" + Math.floor(cue.dataset.t) + "#player");
      jump(Number(cue.dataset.t));
    });
  }

  let saved = 0;
  media.forEach(each => {
    each.addEventListener("play", () => {
      current = each;
      media.forEach(other => { if (other !== each) other.pause(); });
    });
    each.addEventListener("timeupdate", () => {
      if (each !== current) return;
      follow();
      if (Math.abs(each.currentTime - saved) > 4) keep(key, saved = Math.floor(each.currentTime));
    });
    each.addEventListener("ended", () => keep(key, null));
  });

  box.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input, textarea")) return;
    const step = n => { speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + n, 0), speed.options.length - 1); speed.dispatchEvent(new Event("change")); };
    const act = {
      k: () => current.paused ? current.play() : current.pause(),
      j: () => { current.currentTime -= 10; },
      l: () => { current.currentTime += 10; },
      c: toggleCaptions,
      "<": () => step(-1),
      ">": () => step(1),
    }[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
})();
