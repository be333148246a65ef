// The budget's columns summed as one types, and held against the two amounts asked above it.
(() => {
  "use strict";

  const SCALE = 1e6; // whole units of the sixth decimal, so that a sum is exact
  const read = (field) => {
    const text = (field?.value || "").normalize("NFKC").replace(/,/g, "").trim();
    return text === "" || !Number.isFinite(Number(text)) ? 0 : Math.round(Number(text) * SCALE);
  };
  const said = (units) => (units / SCALE)
    .toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 6 });

  const sheet = document.querySelector('[data-sheet="budget"]');
  if (!sheet) return;
  const verdict = sheet.querySelector("[data-budget-verdict]");
  const pairs = [["poster", "id_asked_amount", "发榜方", "期望金额"], ["own", "id_self_raised", "自筹", "自筹资金"]];

  const add = () => {
    const sums = {};
    for (const cell of sheet.querySelectorAll("[data-total]")) {
      const column = cell.dataset.total;
      if (column === "note") continue;
      const fields = sheet.querySelectorAll(`[data-row]:not([hidden]) td[data-column="${column}"] input`);
      sums[column] = [...fields].reduce((sum, field) => sum + read(field), 0);
      cell.textContent = sums[column] ? said(sums[column]) : "";
    }
    const whole = Object.values(sums).reduce((sum, one) => sum + one, 0);
    const off = whole ? pairs.flatMap(([column, id, name, label]) => {
      const left = sums[column] - read(document.getElementById(id));
      return left ? [`“${name}”比${label}${left > 0 ? "多" : "少"} ${said(Math.abs(left))} 万元`] : [];
    }) : [];
    verdict.className = `sheet-verdict ${off.length ? "is-off" : "is-even"}`;
    if (!whole) verdict.textContent = "";
    else verdict.textContent = off.length ? off.join("；") : `预算合计 ${said(whole)} 万元，与期望金额、自筹资金相符`;
  };
  document.addEventListener("input", add);
  document.addEventListener("change", add);
  sheet.addEventListener("click", () => setTimeout(add));
  add();
})();
