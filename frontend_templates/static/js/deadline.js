// The deadline clock. It counts by the server's clock, whatever this machine's clock says.
(() => {
  "use strict";

  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const two = (number) => String(number).padStart(2, "0");
  const clock = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
  });

  const words = (left) => {
    const days = Math.floor(left / DAY);
    const hours = Math.floor((left % DAY) / HOUR);
    const minutes = Math.floor((left % HOUR) / MINUTE);
    if (left >= DAY) return `还有 ${days} 天 ${hours} 小时`;
    if (left >= HOUR) return `还有 ${hours} 小时 ${two(minutes)} 分`;
    return `还有 ${minutes} 分 ${two(Math.floor((left % MINUTE) / SECOND))} 秒`;
  };

  const ahead = new WeakMap(); // how far the server's clock is ahead of ours
  const draw = () => {
    for (const box of document.querySelectorAll("[data-deadline]")) {
      if (!ahead.has(box)) ahead.set(box, Date.parse(box.dataset.now) - Date.now());
      const now = Date.now() + ahead.get(box);
      const left = Date.parse(box.dataset.deadline) - now;
      const shown = box.querySelector("[data-deadline-left]");
      const time = box.querySelector("[data-deadline-now]");
      if (time) time.textContent = clock.format(now);
      if (left > 0) {
        shown.textContent = words(left);
        box.classList.toggle("is-near", left < DAY);
      } else if (!box.classList.contains("is-over")) {
        shown.textContent = "已截止";
        box.classList.remove("is-near");
        box.classList.add("is-over");
        box.dispatchEvent(new CustomEvent("deadline:passed", { bubbles: true }));
      }
    }
  };
  draw();
  setInterval(draw, SECOND);
  document.addEventListener("htmx:load", draw);
})();
