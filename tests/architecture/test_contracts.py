"""The floors of the building, kept by machine."""

import subprocess
import sys

from scripts.places import ROOT, environment


def test_the_import_contracts_are_kept():
    command = [sys.executable, "-m", "importlinter.cli", "lint-imports", "--no-cache"]
    asked = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)

    assert asked.returncode == 0, asked.stdout + asked.stderr
