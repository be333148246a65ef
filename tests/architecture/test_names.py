"""What modules are called, where they lie and how long they get."""

import platform
import sys
import sysconfig
from pathlib import Path

import pytest

from scripts.places import ROOT

STANDARD = Path(sysconfig.get_path("stdlib"))
PACKAGES = ("platform/jiebang", "matching", "api", "scripts", "tests")
# Lines after which a module is to be cut in two.
LIMITS = {"platform": 400, "matching": 400, "api": 400, "scripts": 400, "tests": 300}


def modules():
    """List every module of ours, generated migrations apart."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return [file.relative_to(ROOT) for file in files if "migrations" not in file.parts]


def test_platform_is_the_standard_library_s():
    assert Path(platform.__file__) == STANDARD / "platform.py"


def test_the_source_root_holds_one_package_and_is_none():
    held = {entry.name for entry in (ROOT / "platform").iterdir()} - {"__pycache__"}

    assert held == {"jiebang"}


@pytest.mark.parametrize("name", ["jiebang", "matching", "api", "scripts", "tests"])
def test_our_names_are_ours(name):
    """An installed package of the same name would be imported in its place, or the reverse."""
    package = __import__(name)

    assert [Path(place).is_relative_to(ROOT) for place in package.__path__] == [True]


def test_no_module_takes_a_standard_name():
    """A script run from its folder would import it where it means the standard library's."""
    taken = [
        str(module)
        for module in modules()
        if (module.parent if module.name == "__init__.py" else module).stem
        in sys.stdlib_module_names
    ]

    assert taken == []


def test_no_module_is_longer_than_one_reads_at_once():
    lines = {module: len((ROOT / module).read_text("utf-8").splitlines()) for module in modules()}

    assert {str(m): n for m, n in lines.items() if n > LIMITS[m.parts[0]]} == {}
