"""What the repository holds: our own work, and lists of others' that name no place."""

import json
import re
import subprocess

import pytest

from scripts.places import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# npm copies these notes from the packages; they say where to thank their makers.
SPONSORS = {"funding"}


def git(*command):
    answer = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode == 128:
        pytest.skip("not a Git checkout")
    return answer.stdout.splitlines()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_versions_and_hashes_and_no_host(lock):
    foreign = re.compile(
        r"^(?:[a-z0-9][a-z0-9.-]*==\S+ \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?)$"
    )

    assert [line for line in lock.read_text().splitlines() if not foreign.match(line)] == []


def test_the_front_end_lock_names_no_host():
    def addresses(node, path=()):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from addresses(value, (*path, key))
        elif isinstance(node, list):
            for value in node:
                yield from addresses(value, path)
        elif isinstance(node, str) and "://" in node and not SPONSORS & set(path):
            yield node

    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert list(addresses(lock)) == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@pytest.mark.parametrize("folder", [".venv", "node_modules", "var", "dist"])
def test_what_is_installed_or_made_is_not_kept(folder):
    assert git("check-ignore", f"{folder}/any") == [f"{folder}/any"]
    assert git("ls-files", folder) == []


def test_nothing_of_others_is_kept():
    ours = git("ls-files")
    names = re.compile(
        r"\.min\.(?:js|css)$|\.map$|\.(?:woff2?|ttf|otf|eot)$|\.(?:whl|so|pyc|exe|jar|gz|zip)$"
        r"|(?:^|/)(?:htmx|tabler|echarts|bootstrap|jquery)[^/]*\.(?:js|css)$"
        r"|(?:^|/)(?:vendor|vendored|third_party|node_modules|site-packages)/"
    )

    assert "manage.py" in ours
    assert [name for name in ours if names.search(name)] == []
