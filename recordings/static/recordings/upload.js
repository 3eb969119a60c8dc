// Below /organise/ only: shows how much of an upload is sent. Without it the form is sent as any other.
(() => {
  "use strict";

  const say = (form, words) => {
    form.querySelector("[data-progress]").hidden = false;
    form.querySelector("[data-progress] span").textContent = words;
  };

  const complain = (form, words) => {
    form.querySelector("[data-progress]").hidden = true;
    form.querySelector("button").disabled = false;
    const field = form.querySelector("input[type=file]").closest(".field");
    const list = field.querySelector(".errorlist") || field.appendChild(document.createElement("ul"));
    list.className = "errorlist";
    list.setAttribute("role", "alert");
    list.replaceChildren(Object.assign(document.createElement("li"), { textContent: words }));
  };

  const show = (answer, form) => {
    const page = new DOMParser().parseFromString(answer, "text/html");
    const fresh = page.getElementById(form.id);
    if (!fresh) return complain(form, form.dataset.failed);
    // Only the messages are taken over: the chosen file stays chosen.
    const words = fresh.querySelector("input[type=file]").closest(".field").querySelector(".errorlist");
    if (words) return complain(form, words.textContent.trim());
    form.replaceWith(document.adoptNode(fresh));
    return start(document.getElementById(form.id));
  };

  const send = (form) => {
    const request = new XMLHttpRequest();
    const bar = form.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = (100 * event.loaded) / event.total;
      say(form, `${Math.round(bar.value)} %`);
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      say(form, form.dataset.checking);
    });
    request.addEventListener("error", () => complain(form, form.dataset.failed));
    request.addEventListener("load", () => {
      if (request.status === 201) window.location.assign(request.getResponseHeader("Location"));
      else if (request.status === 422) show(request.responseText, form);
      else complain(form, form.dataset.failed);
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.send(new FormData(form));
  };

  const start = (form) => {
    form.addEventListener("submit", (event) => {
      const file = form.querySelector("input[type=file]").files[0];
      if (!file) return;
      event.preventDefault();
      if (file.size > Number(form.dataset.limit)) {
        complain(form, form.dataset.tooLarge);
        return;
      }
      form.querySelector("button").disabled = true;
      form.querySelector("input[type=file]").closest(".field").querySelector(".errorlist")?.remove();
      say(form, "0 %");
      send(form);
    });
  };

  document.querySelectorAll("form[data-upload]").forEach(start);
})();
