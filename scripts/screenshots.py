"""`make shots`: pictures of the main pages for the documents, from a city of its own.

Tells the demo city into a temporary folder, matches, serves it, and takes each page at 1440 and
390 pixels in Chromium. Pictures are cut at a readable height.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "screenshots"
WIDTHS = {1440: 1500, 390: 2400}  # width → the most height that is kept
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# Whose desk, beside the officer's: one person of each part.
DESKS = (
    ("approver", "xuguodong"),
    ("expert", "guanyuting"),
    ("auditor", "fanzhengyi"),
    ("endorser", "liangsonghua"),
    ("poster", "liangzhiheng"),
    ("bidder", "mengfei"),
)
PASSWORD = "jiebang-demo-2026"  # noqa: S105 - the demo city's, shown on its sign-in page


def main() -> None:
    """Take them all."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="jiebang-shots-") as folder,
        _city(folder) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width, height in WIDTHS.items():
            _take_all(browser, address, width, height)
        browser.close()


def _take_all(browser: Browser, address: str, width: int, height: int) -> None:
    def shoot(name: str, user: str, way: str, more: int = 0) -> None:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        page = context.new_page()
        if user:
            _sign_in(page, user)
        _go(page, way)
        page.wait_for_timeout(900)  # charts and the clock draw themselves
        tall = min(height + more, int(page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": width, "height": tall})
        page.wait_for_timeout(300)
        path = SHOTS / f"{name}-{width}.png"
        page.screenshot(path=path)
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KiB", flush=True)
        context.close()

    shoot("board", "", "/")
    film = "/?q=聚酰亚胺 > 晶圆级先进封装用低温固化光敏聚酰亚胺"
    shoot("challenge", "liangzhiheng", film, 1200)
    shoot("reasons", "liangzhiheng", f"{film} > 为什么", 900)
    shoot("need-form", "wuding", "/needs/ > 高速光模块板上芯片封装技术 > 修改", 600)
    shoot("dashboard", "linjian", "/officer/overview/")
    shoot("contract", "linjian", "/contracts/ > 8英寸碳化硅外延片缺陷控制与均匀性提升")
    shoot("desk", "linjian", "/desk/")
    for part, user in DESKS:
        shoot(f"desk-{part}", user, "/desk/")
    shoot("notice", "", "/notices/ > 高纵横比")
    shoot("decision", "linjian", "/desk/ > 提出定榜建议")
    shoot("objection", "xuguodong", "/desk/ > 答复异议")
    shoot("dictionary", "linjian", "/officer/lexicon/", 900)
    shoot("sign-in", "", "/sign-in/")


def _go(page: Page, way: str) -> None:
    """Open an address, then follow the links named after it."""
    start, *links = way.split(" > ")
    page.goto(start)
    for name in links:
        page.get_by_role("link", name=name, exact=False).first.click()
        page.wait_for_load_state()


def _sign_in(page: Page, user: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/**")


@contextmanager
def _city(folder: str) -> Iterator[str]:
    """Serve a demo city from the folder; yield its address."""
    env = {
        **os.environ,
        "JIEBANG_VAR": folder,
        "JIEBANG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "jiebang.settings.embedded",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }
    env.pop("DATABASE_URL", None)
    for installed in ("vendor", "fonts"):
        Path(folder, installed).symlink_to(ROOT / "var" / installed)
    for command in (["migrate", "-v0"], ["seed_demo"], ["rematch"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--threads", "4", "-b", address[7:], "jiebang.wsgi"],
        cwd=ROOT,
        env=env,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the server at {address} did not answer")


if __name__ == "__main__":
    main()
