// The frame's small manners: menus, messages, forms that are not lost, sent once, saved as typed.
(() => {
  "use strict";

  const spoken = () => document.getElementById("spoken");
  const say = (sentence) => { if (spoken()) spoken().textContent = sentence; };
  const closest = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;

  // Menus that fold on a phone and stand open on a desk.
  const wide = window.matchMedia("(min-width: 992px)");
  const fold = () => {
    for (const menu of document.querySelectorAll("[data-fold]")) {
      menu.open = wide.matches;
      menu.dataset.ready = "";
    }
  };
  wide.addEventListener("change", fold);
  fold();

  // Menus and action forms close when one looks elsewhere.
  const popups = "details.menu[open], details.act[open]";
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(popups)) {
      if (!open.contains(event.target)) open.open = false;
    }
    const close = closest(event, "[data-close]");
    if (close) close.closest(".note").remove();
    const details = closest(event, "[data-close-details]");
    if (details) {
      const popup = details.closest("details");
      popup.open = false;
      popup.querySelector("summary").focus();
    }
    if (closest(event, "[data-print]")) window.print();
    const opener = closest(event, "[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll(popups)) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (opened instanceof HTMLDetailsElement && opened.matches(".act") && opened.open) {
      const body = opened.querySelector(".act-body");
      if (body.getBoundingClientRect().left < 8) opened.classList.add("opens-right");
      opened.querySelector("textarea, button[type=submit]").focus();
    }
  }, true);

  // Success fades by itself; everything else waits to be read.
  const fade = (root) => {
    for (const note of root.querySelectorAll("[data-note=success]:not([data-fading])")) {
      note.dataset.fading = "";
      setTimeout(() => {
        note.classList.add("is-leaving");
        setTimeout(() => note.remove(), 500);
      }, 8000);
    }
  };

  // How much of a limited text is used.
  const count = (area) => {
    const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
    if (!label || area.closest("[data-sheet]")) return;
    let shown = label.querySelector(".typed-count");
    if (!shown) {
      shown = document.createElement("span");
      shown.className = "typed-count";
      shown.setAttribute("aria-hidden", "true");
      label.append(shown);
    }
    shown.textContent = `${area.value.length} / ${area.maxLength} 字`;
  };

  const settle = (root) => {
    fade(root);
    root.querySelectorAll("textarea[maxlength]").forEach(count);
  };
  settle(document);
  document.addEventListener("htmx:load", (event) => settle(event.target));

  // Forms marked data-guard warn before what was typed is lost.
  const unsaved = new Set();
  document.addEventListener("input", (event) => {
    const form = closest(event, "form[data-guard]");
    if (form) unsaved.add(form);
    if (event.target.matches("textarea[maxlength]")) count(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
    if (unsaved.size) event.preventDefault();
  });

  // A form is sent once; a GET form leaves what is empty out of the address.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    unsaved.delete(form);
    if (form.matches("[data-drop-empty]") && !event.defaultPrevented) {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
      setTimeout(() => { for (const field of form.elements) field.disabled = false; });
    }
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("[type=submit]").forEach((button) => button.classList.add("is-busy"));
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-drop-empty]")) return;
    const kept = event.detail.parameters;
    for (const name of Object.keys(kept)) if (kept[name] === "") delete kept[name];
  });

  // The list says that it has changed, for those who cannot see it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const pager = event.target.querySelector?.(".pager p");
    if (pager) say(pager.textContent);
  });
  const broken = () => say("没有连上服务器，请检查网络后再试。");
  document.addEventListener("htmx:sendError", broken);
  document.addEventListener("htmx:timeout", broken);

  // data-autosave-url: what is typed is posted after a pause; the answer, if the form names a
  // data-autosave-target, takes its place; [data-save-state] says how it went.
  const PAUSE = 1200;
  const RETRY = 8000;
  const autosave = (form) => {
    let timer = 0;
    let running = false;
    let again = false;
    const state = form.querySelector("[data-save-state]");
    const tell = (sentence, failing = false) => {
      if (!state) return;
      state.textContent = sentence;
      state.classList.toggle("is-failing", failing);
    };
    const later = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };
    async function save() {
      if (running) { again = true; return; }
      running = true;
      const since = Date.now();
      const slow = setTimeout(() => tell("正在保存…"), 300);
      try {
        const answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST",
          body: new FormData(form),
          headers: { "X-Requested-With": "autosave", "HX-Request": "true" },
          credentials: "same-origin",
        });
        const target = document.querySelector(form.dataset.autosaveTarget || "none");
        if (answer.status >= 500) throw new Error(answer.statusText);
        // Whoever is sent to sign in has saved nothing, whatever the status says.
        if (answer.redirected || answer.headers.has("HX-Redirect")) {
          tell("没有保存：登录已过期。内容已留在本机，请重新登录后回到本页", true);
        } else if (answer.ok) {
          unsaved.delete(form);
          form.dispatchEvent(new CustomEvent("autosave:kept", { detail: { since } }));
          tell(`已保存 ${answer.headers.get("X-Saved-At") || ""}`.trim());
          if (target) htmx.swap(target, await answer.text(), { swapStyle: "outerHTML" });
        } else {
          tell("没有保存", true);
          const place = document.querySelector(answer.headers.get("HX-Retarget") || "none");
          if (place) htmx.swap(place, await answer.text(), { swapStyle: "innerHTML" });
        }
      } catch {
        tell("没有保存：网络不通，稍后自动重试", true);
        later(RETRY);
      } finally {
        clearTimeout(slow);
        running = false;
        if (again) { again = false; later(PAUSE); }
      }
    }
    form.addEventListener("input", () => { tell("有改动未保存"); later(PAUSE); });
    form.addEventListener("change", () => later(PAUSE / 4));
    form.addEventListener("submit", () => clearTimeout(timer));
  };
  document.querySelectorAll("form[data-autosave-url]").forEach(autosave);

  // A finding of the check-up leads to its field, and puts the cursor there.
  document.addEventListener("click", (event) => {
    const link = closest(event, ".finding a, [data-form-errors] a");
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place) return;
    event.preventDefault();
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  });

  // After a refused form: to the sentence that says why.
  const errors = document.querySelector("[data-form-errors]");
  if (errors) errors.focus({ preventScroll: false });
})();
