"""Sets up what the platform needs in this folder, and nothing outside it.

A stamp says what was last installed: the hash of the files that asked for it. It lies beside
what it vouches for (packages in .venv, front-end files in var/vendor), so that whoever
deletes the one deletes the other.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.places import PYTHON, ROOT, VAR, VENV, environment, tail
from scripts.processes import Failed, Programs, Stopped
from scripts.progress import Steps, speak_plainly

REQUIREMENTS = ROOT / "requirements"
VENDOR = VAR / "vendor"
PRINT_FONTS = VAR / "fonts"
LOG = VAR / "log" / "setup.log"

Command = Sequence[str | Path]
PIP: Command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
UV: Command = [
    *(VENV / "bin" / "uv", "pip", "install", "--python", PYTHON),
    *("--require-hashes", "--compile-bytecode", "--no-progress"),
]

STEPS = 3
PACKAGES = {"run": ("run",), "dev": ("run", "dev"), "bench": ("run", "dev", "bench")}

# The front-end files that pages use, where they go and where npm puts them.
FRONT_END = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}
# The fonts of printed papers: embedded in every PDF, never served.
FONTS = {
    "NotoSerifSC-Regular.ttf": "400Regular/NotoSerifSC_400Regular.ttf",
    "NotoSerifSC-Bold.ttf": "700Bold/NotoSerifSC_700Bold.ttf",
}
FONT_PACKAGE = "@expo-google-fonts/noto-serif-sc"
# Hashed static files fail on a source map that is not there.
SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=.*?(\*/|$)", re.MULTILINE)
VENV_ADVICE = (
    "没能建立 Python 环境。Debian 和 Ubuntu 上多半是缺 python3-venv：apt install python3-venv。"
)
NETWORK_ADVICE = "没能装好依赖，多半是网络或镜像的问题。修好后再运行一次，装好的不会重装。"


def prepare(kind: str, programs: Programs, steps: Steps) -> None:
    """Install what `run` or `dev` asks for, unless it is there; `Failed` says what to do."""
    with _alone(programs):
        with steps.step("准备 Python 环境"):
            _make_venv(programs)
        with steps.step("安装依赖"):
            _install(kind, programs)
        with steps.step("安装前端文件"):
            _install_front_end(programs)


def fingerprint(*files: Path) -> str:
    """Return a short text that changes when one of the files does."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def up_to_date(stamp: Path, wanted: str) -> bool:
    """Whether the stamp says that what is wanted is installed."""
    with contextlib.suppress(FileNotFoundError):
        return stamp.read_text("ascii") == wanted
    return False


def _make_venv(programs: Programs) -> None:
    asked = REQUIREMENTS / "uv.txt"
    stamp, wanted = VENV / ".stamp-uv", fingerprint(asked)
    if up_to_date(stamp, wanted) and _works(PYTHON, "-c", ""):
        return
    if not _works(PYTHON, "-m", "pip", "--version"):
        _run(programs, [sys.executable, "-m", "venv", "--clear", VENV], VENV_ADVICE)
    _run(programs, [*PIP, "-r", asked], NETWORK_ADVICE)
    stamp.write_text(wanted, "ascii")


def _install(kind: str, programs: Programs) -> None:
    locks = [REQUIREMENTS / f"{name}.txt" for name in PACKAGES[kind]]
    stamp, wanted = VENV / f".stamp-{kind}", fingerprint(*locks)
    if up_to_date(stamp, wanted):
        return
    _pip_install(programs, *locks)
    stamp.write_text(wanted, "ascii")


def _install_front_end(programs: Programs) -> None:
    stamp = VENDOR / ".stamp"
    wanted = fingerprint(ROOT / "package-lock.json", Path(__file__))
    files = [*(VENDOR / name for name in FRONT_END), *(PRINT_FONTS / name for name in FONTS)]
    if up_to_date(stamp, wanted) and all(file.exists() for file in files):
        return
    if not _npm_is_recent():
        _pip_install(programs, REQUIREMENTS / "node.txt")
    _run(programs, ["npm", "ci", "--loglevel=error"], NETWORK_ADVICE)
    for name, source in FRONT_END.items():
        copy_without_source_map(ROOT / "node_modules" / source, VENDOR / name)
    PRINT_FONTS.mkdir(parents=True, exist_ok=True)
    for name, source in FONTS.items():
        shutil.copyfile(ROOT / "node_modules" / FONT_PACKAGE / source, PRINT_FONTS / name)
    stamp.write_text(wanted, "ascii")


def copy_without_source_map(source: Path, target: Path) -> None:
    """Copy a front-end file, less the comment that points to a source map we do not serve."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(SOURCE_MAP.sub("", source.read_text("utf-8")), "utf-8")


def _pip_install(programs: Programs, *locks: Path) -> None:
    """With uv, which takes seconds; where uv has no way out, pip may have one."""
    files: list[str | Path] = [part for lock in locks for part in ("-r", lock)]
    if _try(programs, [*UV, *files], environment() | _index_of_pip()) != 0:
        _run(programs, [*PIP, *files], NETWORK_ADVICE)


def _index_of_pip() -> dict[str, str]:
    """Pass on the mirror that pip was told of, for uv does not read pip's settings."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        return {}
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = re.search(r"^\S+\.index-url='(.+)'$", listed.stdout, re.MULTILINE)
    return {"UV_DEFAULT_INDEX": found[1]} if found else {}


def _npm_is_recent() -> bool:
    path = environment()["PATH"]
    npm = shutil.which("npm", path=path)
    if not npm:
        return False
    asked = subprocess.run(
        [npm, "--version"], capture_output=True, text=True, check=False, env=environment()
    )
    # npm 7 is the first that reads our lock file.
    return asked.returncode == 0 and int(asked.stdout.split(".")[0]) >= 7


def _works(*command: str | Path) -> bool:
    try:
        tried = subprocess.run(command, capture_output=True, check=False, env=environment())
    except OSError:
        return False
    return tried.returncode == 0


def _run(programs: Programs, command: Command, advice: str) -> None:
    if _try(programs, command, environment()) != 0:
        raise Failed(f"{advice}\n{tail(LOG)}\n完整记录：{LOG}")


def _try(programs: Programs, command: Command, env: dict[str, str]) -> int:
    words = [str(word) for word in command]
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(words)}\n")
    return programs.run(words, log=LOG, env=env)


@contextlib.contextmanager
def _alone(programs: Programs) -> Iterator[None]:
    """Two set-ups in one folder would undo each other; the second one waits."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / ".setup-lock").open("w") as lock:
        said = False
        while not _taken(lock.fileno()):
            if not said:
                print("另一个安装正在这个文件夹里进行，等它结束 …", flush=True)
                said = True
            programs.pause(0.2)
        yield


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main() -> int:
    """Set up for `run` or `dev`, whichever is named."""
    speak_plainly()
    steps = Steps(STEPS)
    with Programs() as programs:
        programs.on_pulse = steps.tick
        try:
            prepare(sys.argv[1], programs, steps)
        except Stopped:
            print("已停止。")
            return 130
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
