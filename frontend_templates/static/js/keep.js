// What is typed into a form marked data-keep stays in this browser until the server has it:
// through a refusal, a session that ran out, a network that failed, a tab that was closed.
(() => {
  "use strict";

  const PREFIX = "jiebang-kept:";
  const LEFT_OUT = new Set(["csrfmiddlewaretoken", "then", "revision"]);
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
    drop: (key) => { try { localStorage.removeItem(PREFIX + key); } catch { /* forbidden */ } },
  };

  // A page that says the server has all of it: nothing is left to keep.
  for (const mark of document.querySelectorAll("[data-kept-clear]")) store.drop(mark.dataset.keptClear);

  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const key = form.dataset.keep;
  const revision = () => form.elements.revision?.value || "";
  const fields = () => [...new FormData(form)].filter(
    ([name, value]) => !LEFT_OUT.has(name) && typeof value === "string",
  );
  const total = (name) => /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/.test(name);
  // Empty cells and counters say nothing: two forms are alike if the rest is.
  const gist = (list) => JSON.stringify(
    list.filter(([name, value]) => value !== "" && !total(name))
      .map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]).sort(),
  );

  let changed = 0;
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    if (changed) store.set(key, { at: changed, revision: revision(), fields: fields() });
  };
  const typed = () => { changed = Date.now(); clearTimeout(timer); timer = setTimeout(keep, 300); };

  const fill = (list) => {
    const wanted = new Map();
    for (const [name, value] of list) wanted.set(name, [...(wanted.get(name) || []), value]);
    for (const box of form.querySelectorAll("[data-sheet]")) {
      const count = Number(wanted.get(`${box.dataset.sheet}-TOTAL_FORMS`)?.[0] || 0);
      const rows = () => box.querySelectorAll("[data-row]").length;
      for (let tries = 0; rows() < count && tries < 60; tries += 1) box.querySelector("[data-sheet-add]").click();
    }
    for (const field of form.elements) {
      if (!field.name || LEFT_OUT.has(field.name) || total(field.name)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = (wanted.get(field.name) || []).includes(field.value);
      } else if (wanted.has(field.name) && field.type !== "file") [field.value] = wanted.get(field.name);
    }
  };

  const note = document.querySelector("[data-kept-note]");
  if ("saved" in form.dataset) store.drop(key);
  const kept = store.get(key);
  const when = kept && new Date(kept.at).toLocaleString("zh-CN", { hour12: false });
  const restore = () => {
    fill(kept.fields);
    // On a colleague's newer text: the old revision, so that the server shows both side by side.
    if (form.elements.revision) form.elements.revision.value = kept.revision;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = (sentence, asks) => {
    if (!note) return;
    note.querySelector("[data-kept-said]").textContent = sentence;
    note.querySelector("[data-kept-restore]").hidden = !asks;
    note.hidden = false;
  };

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => { changed ||= Date.now(); keep(); });
  window.addEventListener("pagehide", keep);
  form.addEventListener("autosave:kept", (event) => {
    if (changed > event.detail.since) { keep(); return; }
    changed = 0;
    clearTimeout(timer);
    store.drop(key);
  });

  // The sheets are made ready first, so that rows can be added to them.
  window.addEventListener("load", () => {
    if (!kept || !Array.isArray(kept.fields) || "posted" in form.dataset) return;
    if (gist(kept.fields) === gist(fields())) { store.drop(key); return; }
    if (kept.revision === revision()) {
      restore();
      show(`已恢复您 ${when} 在本机填写、当时没有存上的内容。`, false);
    } else show(`您 ${when} 在本机填写的内容没有存上，之后揭榜书又保存过。恢复后点“保存草稿”，可与已保存的内容对照。`, true);
  });
  note?.addEventListener("click", (event) => {
    if (event.target.closest("[data-kept-restore]")) { restore(); note.hidden = true; }
    if (event.target.closest("[data-kept-drop]")) { store.drop(key); changed = 0; window.location.reload(); }
  });
})();
