"""Processes that the tests of the set-up start, watch and, whatever happens, end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.places import ROOT, environment

PATIENCE = 30.0


@pytest.fixture
def stand_in(tmp_path):
    """Start the stand-in platform; returns the process once its programs run."""
    started = []

    def start(what, *files):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.setup.stand_in", what, str(tmp_path)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, {file: pids(tmp_path / file) for file in files}

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for file in tmp_path.iterdir():
        if not file.suffix and file.is_file():
            for pid in map(int, file.read_text().split()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def pids(file, *, other_than=()):
    """Wait for the numbers that a program writes: its own and its child's."""
    eventually(lambda: file.exists() and file.read_text().split() != list(map(str, other_than)))
    return [int(number) for number in file.read_text().split()]


def eventually(condition):
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def alive(pid):
    """Whether a process runs; one that only waits for its parent to ask after it does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
