// Rows of a Django formset as a small spreadsheet: add, remove, Tab, Enter, and paste from a sheet.
(() => {
  "use strict";

  const YES = new Set(["是", "√", "✓", "1", "true", "yes", "y", "约束性"]);

  // Cells copied from a spreadsheet: tabs between cells, quotes around those with line breaks.
  const cellsOf = (text) => {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    for (let at = 0; at < source.length; at += 1) {
      const sign = source[at];
      const row = rows[rows.length - 1];
      if (sign === '"' && (quoted || row[row.length - 1] === "")) {
        if (quoted && source[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
        else quoted = !quoted;
      } else if (sign === "\t" && !quoted) row.push("");
      else if (sign === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += sign === "\n" ? " " : sign;
    }
    return rows;
  };

  const plain = (text) => text.normalize("NFKC").trim().toLowerCase();

  const put = (field, text) => {
    const value = text.trim();
    if (field.type === "checkbox") field.checked = YES.has(plain(value));
    else if (field.tagName === "SELECT") {
      const option = [...field.options].find(
        (one) => plain(one.value) === plain(value) || plain(one.text) === plain(value),
      );
      if (option) field.value = option.value;
    } else if (field.inputMode === "decimal" || field.type === "number") {
      field.value = value.normalize("NFKC").replace(/,/g, "");
    } else field.value = field.maxLength > 0 ? value.slice(0, field.maxLength) : value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const sheet = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const prefix = box.dataset.sheet;
    const body = box.querySelector("tbody");
    const template = box.querySelector("template");
    const total = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const most = Number(box.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`)?.value || 1000);
    const rows = () => [...body.querySelectorAll("[data-row]:not([hidden])")];
    const fields = (row) =>
      [...row.querySelectorAll("td[data-column] :is(input, select, textarea)")];
    const say = (sentence) => { document.getElementById("spoken").textContent = sentence; };
    const changed = () => box.dispatchEvent(new Event("input", { bubbles: true }));

    // A range needs its upper value, a qualitative one its words; the rest is greyed out.
    const fit = (row) => {
      const comparator = row.querySelector('[name$="-comparator"]');
      if (!comparator) return;
      const kind = comparator.value;
      const unused = { value_high: kind !== "range", text: kind !== "text",
        value: kind === "text", unit: kind === "text" };
      for (const [column, off] of Object.entries(unused)) {
        row.querySelector(`td[data-column="${column}"]`)?.classList.toggle("is-unused", off);
      }
    };

    const number = () => {
      rows().forEach((row, at) => {
        row.querySelector("[data-number]").textContent = String(at + 1);
      });
      box.querySelector("[data-sheet-add]").disabled = rows().length >= most;
    };

    const add = () => {
      if (rows().length >= most) { say(`最多填写 ${most} 项`); return null; }
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value).trim();
      const row = holder.content.firstElementChild;
      body.append(row);
      total.value = String(Number(total.value) + 1);
      fit(row);
      number();
      return row;
    };

    // A row that was saved is marked for the server; a new one goes, and those after it move up.
    const remove = (row) => {
      const saved = row.querySelector('[name$="-id"]')?.value;
      const mark = row.querySelector('[name$="-DELETE"]');
      if (saved && mark) {
        mark.checked = true;
        row.hidden = true;
      } else {
        row.remove();
        [...body.querySelectorAll("[data-row]")].forEach((one, at) => {
          for (const part of one.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
            for (const name of ["name", "id", "for", "aria-describedby"]) {
              const value = part.getAttribute(name);
              if (value) part.setAttribute(name, value.replace(new RegExp(`${prefix}-\\d+-`, "g"), `${prefix}-${at}-`));
            }
          }
        });
        total.value = String(body.querySelectorAll("[data-row]").length);
      }
      number();
      changed();
    };

    const shown = (row) => fields(row).filter((field) => field.closest("td").offsetParent);
    const usable = (field) => field && !field.closest(".is-unused");

    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-sheet-add]")) {
        const row = add();
        if (row) fields(row)[0].focus();
      }
      const button = event.target.closest("[data-sheet-remove]");
      if (button) {
        const row = button.closest("[data-row]");
        const next = row.nextElementSibling || row.previousElementSibling;
        remove(row);
        const field = next && fields(next)[0];
        (field || box.querySelector("[data-sheet-add]")).focus();
      }
    });

    box.addEventListener("change", (event) => {
      const row = event.target.closest("[data-row]");
      if (row && event.target.name.endsWith("-comparator")) fit(row);
    });

    box.addEventListener("keydown", (event) => {
      const row = event.target.closest("[data-row]");
      if (!row || !event.target.closest("td[data-column]")) return;
      const column = fields(row).indexOf(event.target);
      const all = rows();
      const at = all.indexOf(row);
      const last = fields(row).filter(usable).at(-1);
      if (event.key === "Tab" && !event.shiftKey && event.target === last && at === all.length - 1) {
        const filled = fields(row).some((field) => field.type !== "checkbox" && field.tagName !== "SELECT" && field.value);
        const next = filled ? add() : null;
        if (next) { event.preventDefault(); fields(next)[0].focus(); }
      } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
        event.preventDefault();
        const next = all[at + (event.shiftKey ? -1 : 1)] || (event.shiftKey ? null : add());
        if (next) fields(next)[column].focus();
      }
    });

    box.addEventListener("paste", (event) => {
      const field = event.target.closest("td[data-column] :is(input, select, textarea)");
      const text = event.clipboardData.getData("text/plain");
      if (!field || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      let pasted = cellsOf(text);
      const row = field.closest("[data-row]");
      const labels = fields(row).map((one) => plain(one.closest("td").dataset.label));
      // With heads, each column goes under its own; without, into the columns that one sees.
      const headed = pasted[0].every((cell) => !cell || labels.includes(plain(cell)));
      const seen = shown(row);
      const places = headed
        ? pasted[0].map((cell) => labels.indexOf(plain(cell)))
        : seen.slice(seen.indexOf(field)).map((one) => fields(row).indexOf(one));
      if (headed) pasted = pasted.slice(1);
      const all = rows();
      let at = all.indexOf(row);
      let done = 0;
      for (const cells of pasted) {
        const target = all[at] || add();
        if (!target) break;
        const into = fields(target);
        cells.forEach((cell, n) => { if (into[places[n]]) put(into[places[n]], cell); });
        fit(target);
        at += 1;
        done += 1;
      }
      say(`已粘贴 ${done} 行${done < pasted.length ? `，另有 ${pasted.length - done} 行超出上限未粘贴` : ""}`);
      changed();
    });

    rows().forEach(fit);
    number();
  };

  document.querySelectorAll("[data-sheet]").forEach(sheet);
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll?.("[data-sheet]").forEach(sheet);
  });
})();
