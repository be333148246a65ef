"""Where things lie in this folder, and what our programs are told about it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Everything that running leaves behind; the settings read the same variable.
VAR = Path(os.environ.get("JIEBANG_VAR") or ROOT / "var").resolve()

# Variables of the caller that would make our programs find other files than ours.
FOREIGN = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"}
# The machine's own certificates, which a proxy of a government network may have among them.
TRUST = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"}


def environment() -> dict[str, str]:
    """Tell every program of ours where the packages are, and to keep bytecode.

    Without bytecode every start compiles everything anew, which doubles the time to start.
    """
    theirs = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    ours = {
        **TRUST,
        **theirs,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{theirs.get('PATH', os.defpath)}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "VIRTUAL_ENV": str(VENV),
    }
    home = Path(ours.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        ours |= {"UV_CACHE_DIR": str(VAR / "cache/uv"), "npm_config_cache": str(VAR / "cache/npm")}
    return ours


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, indented."""
    text = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
