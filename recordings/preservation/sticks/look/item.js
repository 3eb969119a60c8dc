// The page of an item on a stick: times jump, captions come from the transcript, the words follow what is heard.
(() => {
  const media = document.querySelector("video, audio");
  if (!media) return;
  const others = [...document.querySelectorAll("video, audio")];
  const cues = [...document.querySelectorAll(".said [data-t]")];
  let current = media;
  for (const each of others) each.addEventListener("play", () => { current = each; others.filter(other => other !== each).forEach(other => other.pause()); });
  // A browser loads no caption file beside a page that is a file: the page's own transcript becomes the captions.
  if (media.tagName === "VIDEO" && "VTTCue" in window)
    for (const said of document.querySelectorAll(".said")) {
      const track = media.addTextTrack("captions", said.getAttribute("aria-label"), said.lang || "");
      for (const cue of said.querySelectorAll("[data-e]")) track.addCue(new VTTCue(+cue.dataset.t, +cue.dataset.e, cue.textContent));
      track.mode = "disabled";
    }
  const seek = second => {
    const go = () => { current.currentTime = second; };
    if (current.readyState) go(); else { current.addEventListener("loadedmetadata", go, { once: true }); current.preload = "metadata"; current.load(); }
  };
  const place = () => /(?:^#|-)t(\d+)$/.exec(location.hash);
  const jump = () => { const found = place(); if (found) seek(+found[1]); };
  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[data-second]");
    if (link) { seek(+link.dataset.second); current.play().catch(() => {}); }
  });
  addEventListener("hashchange", jump);
  jump();
  let here = null;
  const follow = event => {
    const now = event.target.currentTime, found = cues.filter(each => each.dataset.e && +each.dataset.t <= now && now < +each.dataset.e)[0];
    if (found === here) return;
    here?.classList.remove("here"); here = found || null; here?.classList.add("here");
  };
  for (const each of others) each.addEventListener("timeupdate", follow);
})();
