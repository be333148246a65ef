"""`make test`: from a fresh clone to a run of the whole suite.

On SQLite, or on the database that DATABASE_URL names. Browser tests need Chromium and a
Chinese font: as root on Debian they are installed, otherwise the browser tests are left out,
loudly. With CI in the environment nothing may be left out.
"""

import os
import shutil
import sys

from scripts import prepare
from scripts.places import PYTHON, VAR, environment
from scripts.processes import Failed, Programs, Stopped
from scripts.progress import Steps, speak_plainly

BROWSERS = ("chromium", "chromium-browser")
BROWSER_PACKAGES = ("chromium", "fonts-wqy-microhei")
LOG = VAR / "log" / "apt.log"

# More of them than of processors does not help; two is what a small machine has.
WORKERS = 2


def main() -> int:
    """Set up, then become pytest."""
    speak_plainly()
    steps = Steps(prepare.STEPS + 1)
    try:
        with Programs() as programs:
            programs.on_pulse = steps.tick
            prepare.prepare("dev", programs, steps)
            with steps.step("准备浏览器"):
                browser = find_browser() or install_browser(programs)
    except Stopped:
        return 130
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    command = [str(PYTHON), "-m", "pytest", "-n", str(WORKERS), "--dist", "worksteal"]
    if not browser:
        if os.environ.get("CI"):
            print(f"没有 Chromium，浏览器测试不能运行；记录见 {LOG}", file=sys.stderr)
            return 1
        print("\n!!! 没有 Chromium，浏览器测试全部跳过。装上 chromium 和一种中文字体后再运行。\n")
    sys.stdout.flush()
    os.execve(PYTHON, [*command, *sys.argv[1:]], environment())  # noqa: S606  no shell is the point


def find_browser() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser(programs: Programs) -> str | None:
    """Install one where we may, and return its path."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        env = environment() | {"DEBIAN_FRONTEND": "noninteractive"}
        programs.run(["apt-get", "update", "-qq"], log=LOG, env=env)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *BROWSER_PACKAGES]
        programs.run(install, log=LOG, env=env)
    return find_browser()


if __name__ == "__main__":
    sys.exit(main())
