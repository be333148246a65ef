"""Set-up does what is needed, once, and inside this folder."""

import os
import stat
import subprocess
import sys

import pytest

from scripts import places, prepare
from scripts.places import ROOT
from scripts.processes import Failed, Programs
from scripts.progress import Steps


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to set up, where programs are only written down."""
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    for name in ("run", "dev"):
        (requirements / f"{name}.txt").write_text(f"{name}==1\n")
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(prepare, "REQUIREMENTS", requirements)
    monkeypatch.setattr(prepare, "VENV", venv)
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    """The lock files of each installation, in order."""
    calls = []
    monkeypatch.setattr(
        prepare, "_pip_install", lambda programs, *locks: calls.append([f.name for f in locks])
    )
    return calls


def test_the_second_time_nothing_is_installed(folder, installed):
    for _ in range(2):
        prepare._install("run", programs=None)

    assert installed == [["run.txt"]]


def test_a_changed_lock_is_installed(folder, installed):
    prepare._install("run", programs=None)
    (folder / "requirements" / "run.txt").write_text("run==2\n")
    prepare._install("run", programs=None)

    assert installed == [["run.txt"], ["run.txt"]]


def test_to_run_and_to_develop_are_two_sets(folder, installed):
    for kind in ("run", "dev", "run", "dev"):
        prepare._install(kind, programs=None)

    assert installed == [["run.txt"], ["run.txt", "dev.txt"]]


def test_what_was_deleted_is_installed_again(folder, installed):
    prepare._install("run", programs=None)
    (folder / ".venv").rename(folder / "gone")
    (folder / ".venv").mkdir()
    prepare._install("run", programs=None)

    assert installed == [["run.txt"], ["run.txt"]]


def test_an_installation_that_fails_is_not_taken_for_done(folder, monkeypatch):
    monkeypatch.setattr(prepare, "LOG", folder / "setup.log")
    monkeypatch.setattr(prepare, "UV", [sys.executable, "-c", "raise SystemExit('no uv')"])
    monkeypatch.setattr(prepare, "PIP", [sys.executable, "-c", "raise SystemExit('no way')"])

    with Programs() as programs, pytest.raises(Failed) as failure:
        prepare._install("run", programs)

    assert str(failure.value).splitlines()[0] == prepare.NETWORK_ADVICE
    assert "no uv" in (folder / "setup.log").read_text()
    assert "    no way" in str(failure.value).splitlines()
    assert list((folder / ".venv").iterdir()) == []


def test_where_uv_fails_pip_installs(folder, monkeypatch):
    monkeypatch.setattr(prepare, "LOG", folder / "setup.log")
    monkeypatch.setattr(prepare, "UV", [sys.executable, "-c", "raise SystemExit(1)"])
    monkeypatch.setattr(prepare, "PIP", [sys.executable, "-c", "import sys; print(sys.argv)"])

    with Programs() as programs:
        prepare._install("run", programs)

    last = (folder / "setup.log").read_text().splitlines()[-1]
    assert last == str(["-c", "-r", str(folder / "requirements" / "run.txt")])


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("global.index-url='https://mirror.example/simple'", "https://mirror.example/simple"),
        (":env:.index-url='https://mirror.example/pypi'", "https://mirror.example/pypi"),
        ("global.extra-index-url='https://more.example/simple'", None),
        ("", None),
    ],
)
def test_uv_uses_the_mirror_that_pip_was_told_of(tmp_path, monkeypatch, listed, told):
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    pip = tmp_path / "python"
    pip.write_text(f'#!/bin/sh\necho "{listed}"\n')
    pip.chmod(stat.S_IRWXU)
    monkeypatch.setattr(prepare, "PYTHON", pip)

    assert prepare._index_of_pip() == ({"UV_DEFAULT_INDEX": told} if told else {})


def test_a_mirror_named_for_uv_is_left_alone(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")

    assert prepare._index_of_pip() == {}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a{}\n/*# sourceMappingURL=a.css.map */", "a{}\n"),
        ("a();\n//# sourceMappingURL=a.js.map\n", "a();\n\n"),
        ("a();//# sourceMappingURL=a.js.map", "a();"),
        ("/*! licence */a();", "/*! licence */a();"),
    ],
)
def test_front_end_files_lose_the_note_of_their_source_map(tmp_path, text, kept):
    (tmp_path / "a").write_text(text)

    prepare.copy_without_source_map(tmp_path / "a", tmp_path / "vendor" / "a")

    assert (tmp_path / "vendor" / "a").read_text() == kept


def test_programs_keep_bytecode_and_find_our_packages(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")

    told = places.environment()

    assert "PYTHONDONTWRITEBYTECODE" not in told
    assert told["PYTHONPATH"] == f"{ROOT}:{ROOT / 'platform'}"


@pytest.mark.parametrize("home", ["/nonexistent", ""])
def test_without_a_home_caches_stay_in_the_folder(monkeypatch, home):
    monkeypatch.setenv("HOME", home)

    told = places.environment()

    assert told["UV_CACHE_DIR"] == str(places.VAR / "cache" / "uv")
    assert told["npm_config_cache"] == str(places.VAR / "cache" / "npm")


def find_python(folder, **versions):
    """Run the search with these interpreters and no others; each says its version."""
    bins = folder / "bin"
    bins.mkdir()
    for name, recent in versions.items():
        fake = bins / name.replace("_", ".")
        fake.write_text(f"#!/bin/sh\n{'echo ' + name if recent else 'exit 1'}\n")
        fake.chmod(stat.S_IRWXU)
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "find_python.sh"],
        cwd=folder,
        env={"PATH": str(bins)},
        capture_output=True,
        text=True,
    )


def test_an_old_python_is_passed_over_for_a_newer_one(tmp_path):
    found = find_python(tmp_path, python3=False, python3_12=True)

    assert (found.returncode, found.stdout) == (0, "python3_12\n")


def test_without_a_recent_python_it_says_which_it_needs(tmp_path):
    found = find_python(tmp_path, python3=False)

    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("没有找到 Python 3.11 或更新的版本")


def test_the_python_that_is_named_is_taken_or_refused():
    def named(python):
        return subprocess.run(
            ["/bin/sh", ROOT / "scripts" / "find_python.sh"],
            env=os.environ | {"PYTHON": python},
            capture_output=True,
            text=True,
        )

    assert named(sys.executable).stdout == f"{sys.executable}\n"
    assert named("/bin/false").returncode == 1
    assert named("/bin/false").stderr == (
        "PYTHON=/bin/false 不能用：需要 Python 3.11 或更新的版本。\n"
    )


def test_every_step_is_one_line_with_its_seconds(capsys):
    steps = Steps(2)
    with steps.step("准备"):
        pass
    with pytest.raises(Failed), steps.step("安装"):
        raise Failed("no network")

    assert capsys.readouterr().out == "[1/2] 准备 … 0.0 秒\n[2/2] 安装 … 未完成\n"
