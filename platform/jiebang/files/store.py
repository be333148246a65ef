"""Where the bytes lie: one file for each content, named by its hash, whole or not at all."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

CHUNK = 1 << 20
A_DAY = 86_400


def path_of(digest: str) -> Path:
    """Return where the content with this hash lies."""
    return _folder() / digest[:2] / digest


@contextmanager
def received(upload: IO[bytes]) -> Iterator[tuple[Path, str, int]]:
    """Write an upload to a place of its own; yields path, hash and size, and clears it."""
    _folder().mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(prefix=".", dir=_folder())
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := upload.read(CHUNK):
                hashed.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield path, hashed.hexdigest(), size
    finally:
        path.unlink(missing_ok=True)


def keep(path: Path, digest: str) -> None:
    """Give received bytes their lasting place; the same content is kept once."""
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, place)
    _remember(place.parent)


def forget(digest: str) -> None:
    """Remove the bytes of a content that may not be kept."""
    path_of(digest).unlink(missing_ok=True)


def sweep(is_known: Callable[[str], bool]) -> int:
    """Remove what has lain for a day and is not known; returns how many files."""
    before, gone = time.time() - A_DAY, 0
    for path in _folder().glob("*/*"):
        if path.stat().st_mtime < before and not is_known(path.name):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def is_whole(digest: str) -> bool:
    """Say whether the bytes are there and are still those that were handed in."""
    try:
        with path_of(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _folder() -> Path:
    return Path(settings.FILES_DIR)


def _remember(folder: Path) -> None:
    """Let the name survive a power cut, as the bytes do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
