"""The wheel alone, in an environment of its own and far from the checkout, is the platform."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.places import ROOT, environment

pytestmark = pytest.mark.wheel

SHIPPED = {
    "platform/jiebang": "jiebang",
    "matching": "matching",
    "api": "api",
    "frontend_templates": "jiebang/_frontend_templates",
}
LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".ruff_cache"}
BOARD = """
import django
from django.conf import settings
from django.test import Client

django.setup()
import api, jiebang, matching

answer = Client(headers={"host": "localhost"}).get("/")
print(answer.status_code)
print(answer.content.decode().partition("<title>")[2].partition("</title>")[0].strip())
for package in (jiebang, matching, api):
    print(package.__file__)
print(settings.DATABASES["default"]["NAME"])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build it with the build tools that are installed, from the files as they are."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = folder.iterdir()
    return made


def test_the_wheel_holds_every_file_of_the_platform_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert held == {
        f"{target}/{file.relative_to(ROOT / source).as_posix()}"
        for source, target in SHIPPED.items()
        for file in (ROOT / source).rglob("*")
        if file.is_file() and not LEFT_BEHIND & set(file.parts)
    }


def test_the_wheel_asks_for_what_the_platform_asks_for(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        lines = archive.read(metadata).decode().splitlines()

    asked = [line.removeprefix("Requires-Dist: ") for line in lines if "Requires-Dist" in line]
    listed = (ROOT / "requirements" / "run.in").read_text().split()
    assert list(map(Requirement, asked)) == list(map(Requirement, listed))


def test_the_wheel_serves_the_board(wheel, tmp_path):
    python = environment_with(wheel, tmp_path / "venv")
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def run(*command):
        asked = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert asked.returncode == 0, asked.stdout + asked.stderr
        return asked.stdout.splitlines()

    ours = {"DATABASE_URL", "JIEBANG_VAR", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env["DJANGO_SETTINGS_MODULE"] = "jiebang.settings.embedded"
    run(python, "-m", "django", "migrate", "-v0")
    status, title, *places, database = run(python, "-W", "ignore", "-c", BOARD)

    assert (status, title) == ("200", "榜单")
    assert [Path(place).is_relative_to(tmp_path / "venv") for place in places] == [True] * 3
    assert database == str(folder / "var" / "jiebang.sqlite3")


def environment_with(wheel, folder):
    """Make an environment with the wheel; what it needs is lent by the one we run in."""
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    install = [
        "uv",
        "pip",
        "install",
        "--offline",
        "--no-deps",
        "--python",
        folder / "bin" / "python",
    ]
    subprocess.run([*install, wheel], env=environment(), capture_output=True, check=True)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return str(folder / "bin" / "python")
