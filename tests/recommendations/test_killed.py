"""kill -9 while an index is built, added to and merged: what stood before still stands."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_after_each_of_fifty_kills_the_index_opens_and_answers_like_a_rebuild(tmp_path):
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    environment = os.environ | {
        "JIEBANG_VAR": str(tmp_path), "JIEBANG_VAR_OF": os.environ.get("PYTEST_XDIST_WORKER", ""),
        "PYTHONPATH": path,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.recommendations.renewing"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    steps = done.stdout.split("\n")[:-1]
    assert (done.returncode, len(steps)) == (0, 50), done.stderr
    assert [step for step in steps if not step.isdecimal()] == []
    assert int(steps[-1]) > 25, "renewals went on between the kills"
