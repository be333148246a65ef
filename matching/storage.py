"""How an index lies on disk: plain arrays that many processes share, and a manifest.

The manifest names the format, what made it, and the size of every file. Segments never change,
so those that a newer index takes over are linked, not written again.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matching.rarity import Array, Background
from matching.segments import Segment
from matching.vectors import Vectors, Weighed

FORMAT = 4
SEGMENT = ("terms", "everyday", "ends", "documents", "codes", "texts", "offsets")
WEIGHED = ("live", "rarity", "postings", "peaks")


class IndexUnreadable(Exception):
    """The folder holds no index that this version can read; the message says why."""


def save(folder: Path, vectors: Vectors, fingerprint: str) -> None:
    """Write everything beside the folder, wait until it is on disk, then put it in its place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    made, before = aside / "made", aside / "before"
    made.mkdir()
    try:
        _write(made, vectors, fingerprint)
        for path in (*made.iterdir(), made):
            _sync(path)
        if folder.exists():
            folder.rename(before)
        made.rename(folder)
        _sync(folder.parent)
    finally:
        if before.exists() and not folder.exists():
            before.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)


def read(folder: Path, fingerprint: str) -> Vectors:
    """Read what `save` wrote; arrays stay on disk until they are asked (memory maps)."""
    manifest = _manifest(folder)
    if manifest["fingerprint"] != fingerprint:
        raise IndexUnreadable(f"{folder}: made by {manifest['fingerprint']}, this is {fingerprint}")
    numbers = range(manifest["segments"])
    segments = [
        Segment(
            _load(folder, f"{number}-keys"),
            **{name: _array(folder, f"{number}-{name}") for name in SEGMENT},
            place=folder / str(number),
        )
        for number in numbers
    ]
    live, rarity, postings, peaks = (
        [_array(folder, f"{number}-{name}") for number in numbers] for name in WEIGHED
    )
    background = Background(_array(folder, "background-keys"), _array(folder, "background-shares"))
    weighed = Weighed(rarity, postings, peaks, _array(folder, "means"))
    return Vectors(segments, live, background, weighed)


def _manifest(folder: Path) -> Mapping[str, Any]:
    """Return the manifest once every file is found to be there whole."""
    try:
        manifest = _load(folder, "manifest")
    except (OSError, ValueError) as error:
        raise IndexUnreadable(f"{folder}: no manifest that can be read ({error})") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise IndexUnreadable(f"{folder}: format {found!r}, this version reads {FORMAT}")
    for name, size in manifest["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise IndexUnreadable(f"{folder}: {name} is missing or cut short")
    return manifest


def _write(folder: Path, vectors: Vectors, fingerprint: str) -> None:
    weighed = vectors.weighed
    for number, segment in enumerate(vectors.segments):
        _write_segment(folder, number, segment)
        _keep(folder, f"{number}-live", vectors.live[number])
        _keep(folder, f"{number}-rarity", weighed.rarity[number])
        _keep(folder, f"{number}-postings", weighed.postings[number])
        _keep(folder, f"{number}-peaks", weighed.peaks[number])
    _keep(folder, "means", weighed.means)
    _keep(folder, "background-keys", vectors.background.keys)
    _keep(folder, "background-shares", vectors.background.shares)
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    count = len(vectors.segments)
    made = {"format": FORMAT, "fingerprint": fingerprint, "segments": count, "files": sizes}
    _dump(folder, "manifest", made)


def _write_segment(folder: Path, number: int, segment: Segment) -> None:
    """Write a segment, or link the files that it was read from."""
    names = [f"{name}.npy" for name in SEGMENT] + ["keys.json"]
    if segment.place is not None:
        try:
            for name in names:
                os.link(f"{segment.place}-{name}", folder / f"{number}-{name}")
        except OSError:  # no longer there, or on another disk: it is in memory
            for name in names:
                (folder / f"{number}-{name}").unlink(missing_ok=True)
        else:
            return
    for name in SEGMENT:
        _keep(folder, f"{number}-{name}", getattr(segment, name))
    _dump(folder, f"{number}-keys", list(segment.keys))


def _keep(folder: Path, name: str, values: Array) -> None:
    np.save(folder / f"{name}.npy", values)


def _array(folder: Path, name: str) -> Array:
    found: Array = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return found


def _dump(folder: Path, name: str, value: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _load(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
