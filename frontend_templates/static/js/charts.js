// Draws the charts whose options lie in the page as data; fetches the library only if there is one.
(() => {
  "use strict";

  const library = document.currentScript.dataset.library;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const theme = {
    color: ["#12418f", "#5b8bd9", "#1c7a49", "#d99a1c", "#7a5ab5", "#11707a", "#8a94a6"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink") },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    categoryAxis: {
      axisLine: { lineStyle: { color: "#c3ccd9" } }, axisTick: { show: false },
      axisLabel: { color: colour("--ink-2") }, splitLine: { show: false },
    },
    valueAxis: {
      axisLine: { show: false }, axisLabel: { color: colour("--ink-2") },
      splitLine: { lineStyle: { color: "#edf0f4" } },
    },
    legend: { textStyle: { color: colour("--ink-2") } },
  };

  let loading = null;
  const load = () => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = () => { echarts.registerTheme("jiebang", theme); done(); };
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  };

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) echarts.getInstanceByDom(target)?.resize();
  });

  const draw = (box) => {
    if (box.dataset.drawn) return;
    box.dataset.drawn = "";
    const chart = echarts.init(box, "jiebang", { renderer: "svg" });
    chart.setOption({
      animationDuration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
      ...JSON.parse(document.getElementById(box.dataset.chart).textContent),
    });
    chart.on("click", ({ data }) => {
      const url = data?.url;
      if (typeof url === "string" && /^\/(?!\/)|^\?/.test(url)) window.location.assign(url);
    });
    resized.observe(box);
  };

  const show = async (root) => {
    const boxes = [...root.querySelectorAll("[data-chart]")];
    if (root.matches?.("[data-chart]")) boxes.push(root);
    if (!boxes.length) return;
    try {
      await load();
      boxes.forEach(draw);
    } catch {
      // The numbers are still there: open the table instead of an empty box.
      for (const box of boxes) {
        box.hidden = true;
        box.closest(".chart").querySelector("details").open = true;
      }
    }
  };
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.target));
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".chart-table").forEach((table) => { table.open = true; });
  });
})();
