// Many files at once, in pieces that survive a lost line, by tus. Without it the plain form is there.
(() => {
  "use strict";
  const PIECE = 32 * 1024 * 1024, AT_ONCE = 2, LOOK_MS = 2000;
  const WAITS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 30000, 30000, 60000, 60000, 60000];
  const ENDINGS = {
    video: /\.(mp4|m4v|mov|webm|mkv|ogv)$/i, audio: /\.(mp3|m4a|ogg|oga|opus|wav|weba|mka)$/i, captions: /\.(vtt|srt)$/i,
  };
  const NAMES = {
    captions: /(transcri|caption|subtitle).*\.txt$/i, report: /report|minutes|rapport/i, paper: /paper/i, handout: /hand-?out/i,
    slides: /\.(pdf|pptx)$/i,
  };

  const guess = (file, kinds) => {
    for (const [kind, fits] of [...Object.entries(ENDINGS), ...Object.entries(NAMES)])
      if (kinds.includes(kind) && fits.test(file.name)) return kind;
    const general = file.type.split("/")[0];
    return kinds.find((kind) => kind === general) || (kinds.includes("handout") ? "handout" : kinds[0]);
  };

  const bytes = (count, language) => {
    const [unit, factor] = [["gigabyte", 1e9], ["megabyte", 1e6]].find(([, least]) => count >= least) || ["kilobyte", 1e3];
    const options = { style: "unit", unit, maximumFractionDigits: count / factor < 10 ? 1 : 0 };
    return new Intl.NumberFormat(language, options).format(Math.max(count / factor, 0.1));
  };

  const start = (room) => {
    const words = JSON.parse(document.getElementById(room.dataset.words).textContent);
    const find = (name) => room.querySelector(`[data-${name}]`);
    const rows = find("rows"), go = find("go"), all = [];
    const language = document.documentElement.lang || "en";

    const tell = () => {
      const waiting = all.filter((row) => row.state === "ready").length;
      go.hidden = !waiting;
      const kept = all.filter((row) => row.state === "kept").length;
      if (all.length) find("told").textContent = words.told.replace("%a", kept).replace("%b", all.length);
    };

    const next = () => {
      const free = AT_ONCE - all.filter((row) => row.state === "sending").length;
      all.filter((row) => row.state === "queued").slice(0, Math.max(free, 0)).forEach((row) => row.begin());
      tell();
    };

    const add = (file) => {
      const box = find("row").content.firstElementChild.cloneNode(true);
      const part = (name) => box.querySelector(`[data-${name}]`);
      const [bar, kind, tongue, origin] = [part("bar"), part("kind"), part("language"), part("origin")];
      const ask = () => { origin.hidden = kind.value !== "captions"; };
      const row = { state: "ready", upload: null };
      all.push(row);
      let since = 0, from = 0;
      const kinds = [...kind.options].map((option) => option.value);
      part("name").textContent = file.name;
      part("size").textContent = bytes(file.size, language);
      kind.value = guess(file, kinds);
      kind.addEventListener("change", ask);
      ask();
      const said = (/[._-]([a-z]{2})\.[a-z0-9]+$/i.exec(file.name) || [])[1];
      if (said && [...tongue.options].some((option) => option.value === said.toLowerCase())) tongue.value = said.toLowerCase();
      for (const [label, select] of [["kind", kind], ["language", tongue], ["origin", origin]])
        select.setAttribute("aria-label", `${words[label]}: ${file.name}`);
      bar.setAttribute("aria-label", `${words.progress}: ${file.name}`);

      // What is here of a file keeps what was said of it: that stands here first, and said otherwise it begins anew.
      const facts = () => ({ filename: file.name, kind: kind.value, language: tongue.value, origin: origin.value });
      const begun = async () => new tus.Upload(file, { endpoint: room.dataset.endpoint }).findPreviousUploads();
      begun().then((before) => {
        const was = before.at(-1)?.metadata;
        if (!was || row.state !== "ready" || !kinds.includes(was.kind)) return;
        [kind.value, tongue.value, origin.value] = [was.kind, was.language, was.origin];
        ask();
      });

      const show = (state, text, wrong = false) => {
        row.state = state;
        const can = { pause: state === "sending" || state === "queued", on: state === "paused" || state === "broken" };
        part("pause").hidden = !can.pause;
        part("on").hidden = !can.on;
        part("away").hidden = ["checking", "kept"].includes(state);
        part("choices").hidden = !["ready", "refused"].includes(state);
        part("once").hidden = state !== "refused";
        bar.hidden = ["ready", "refused", "kept"].includes(state);
        if (state === "checking") bar.removeAttribute("value");
        part("said").textContent = text;
        part("said").className = wrong ? "errors" : "muted small";
        next();
      };

      const left = (sent, total) => {
        const seconds = ((total - sent) * (Date.now() - since)) / 1000 / Math.max(sent - from, 1);
        if (Date.now() - since < 1500) return "";
        if (seconds < 60) return words.soon;
        return seconds < 5400
          ? words.minutes.replace("%n", Math.round(seconds / 60)) : words.hours.replace("%n", Math.round(seconds / 3600));
      };

      const look = async (patience = 900) => {
        const answer = await fetch(row.upload.url).catch(() => null);
        const found = answer && answer.ok ? await answer.json() : { state: "checking" };
        if (found.state === "kept") return show("kept", words.kept), done();
        if (found.state === "refused") return show("refused", found.reason, true);
        return patience ? setTimeout(look, LOOK_MS, patience - 1) : show("checking", words.later);
      };

      const done = () => {
        const panel = document.getElementById("files-panel");
        if (panel && window.htmx) window.htmx.ajax("GET", room.dataset.panel, { source: panel, target: panel, swap: "outerHTML" });
      };

      row.begin = async () => {
        show("sending", "");
        since = Date.now();
        from = -1;
        row.upload ??= new tus.Upload(file, {
          endpoint: room.dataset.endpoint,
          chunkSize: PIECE,
          retryDelays: WAITS,
          removeFingerprintOnSuccess: true,
          headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
          metadata: facts(),
          onProgress: (sent, total) => {
            if (from < 0) from = sent;
            bar.value = (100 * sent) / total;
            if (row.state === "sending")
              part("said").textContent = [`${Math.floor(bar.value)} %`, left(sent, total)].filter(Boolean).join(" · ");
          },
          onSuccess: () => (show("checking", words.checking), look()),
          onError: (wrong) => {
            const body = wrong.originalResponse ? wrong.originalResponse.getBody() : "";
            const plain = body && !body.startsWith("<") ? body : words.broken;
            show("broken", navigator.onLine ? plain : words.offline, true);
          },
        });
        const said = JSON.stringify(row.upload.options.metadata);
        const before = (await begun()).filter(({ metadata }) => JSON.stringify(metadata) === said);
        if (before.length && !row.upload.url) row.upload.resumeFromPreviousUpload(before.at(-1));
        if (row.state === "sending") row.upload.start();
      };

      part("pause").addEventListener("click", () => {
        if (row.upload) row.upload.abort();
        show("paused", words.paused);
        part("on").focus();
      });
      part("on").addEventListener("click", () => (show("queued", words.queued), next()));
      part("once").addEventListener("click", () => ((row.upload = null), show("queued", words.queued), next()));
      part("away").addEventListener("click", () => {
        if (row.upload) row.upload.abort(Boolean(row.upload.url) && row.state !== "refused").catch(() => {});
        all.splice(all.indexOf(row), 1);
        box.remove();
        next();
      });
      window.addEventListener("online", () => row.state === "broken" && (show("queued", words.queued), next()));
      row.queue = () => show("queued", words.queued);
      rows.append(box);
      if (file.size > Number(room.dataset.limit)) show("refused", room.dataset.tooLarge, true), (part("once").hidden = true);
      else show("ready", "");
    };

    room.hidden = false;
    document.querySelectorAll("[data-plain-upload]").forEach((form) => (form.hidden = true));
    find("choose").addEventListener("change", (event) => {
      [...event.target.files].forEach(add);
      event.target.value = "";
    });
    go.addEventListener("click", () => (all.filter((row) => row.state === "ready").forEach((row) => row.queue()), next()));
    const over = (event, is) => (event.preventDefault(), find("drop").classList.toggle("over", is));
    for (const name of ["dragenter", "dragover"]) room.addEventListener(name, (event) => over(event, true));
    for (const name of ["dragleave", "drop"]) room.addEventListener(name, (event) => over(event, false));
    room.addEventListener("drop", (event) => [...event.dataTransfer.files].forEach(add));
    window.addEventListener("beforeunload", (event) => all.some((row) => row.state === "sending") && event.preventDefault());
  };

  if (window.tus && tus.isSupported) document.querySelectorAll("[data-sending]").forEach(start);
})();
