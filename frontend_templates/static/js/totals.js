// Sums as one types: the weighted total of scores, and tranches against the contract's amount.
(() => {
  "use strict";

  const read = (field) => {
    const text = field.value.normalize("NFKC").replace(/,/g, "").trim();
    return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  };
  const money = (amount) =>
    `${amount.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 6 })} 万元`;
  const live = (box, selector) =>
    [...(box.closest("form") || document).querySelectorAll(selector)]
      .filter((field) => !field.closest("template, [hidden]"));

  const weigh = (output) => {
    let weighted = 0;
    let weights = 0;
    for (const field of live(output, output.dataset.weighted)) {
      const score = read(field);
      if (score === null || score < 0 || score > 100) {
        output.textContent = "—";
        return;
      }
      weighted += score * Number(field.dataset.weight);
      weights += Number(field.dataset.weight);
    }
    output.textContent = weights ? `${(weighted / weights).toFixed(2)} 分` : "—";
  };

  const add = (box) => {
    // Whole units of the sixth decimal, so that a sum is exact.
    const SCALE = 1e6;
    const total = live(box, box.dataset.sum)
      .reduce((sum, field) => sum + Math.round((read(field) || 0) * SCALE), 0);
    const left = Math.round(Number(box.dataset.cap) * SCALE) - total;
    box.querySelector("[data-sum-total]").textContent = money(total / SCALE);
    const said = box.querySelector("[data-sum-left]");
    said.className = left ? "is-off" : "is-even";
    if (left > 0) said.textContent = `还差 ${money(left / SCALE)}`;
    else said.textContent = left ? `超出 ${money(-left / SCALE)}` : "两者相等";
  };

  const all = () => {
    document.querySelectorAll("[data-weighted]").forEach(weigh);
    document.querySelectorAll("[data-sum]").forEach(add);
  };
  document.addEventListener("input", all);
  all();
})();
