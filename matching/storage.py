"""How an index lies on disk: plain arrays, the vocabulary, the texts, and their manifest."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from matching.vectors import FIELDS, Vectors

FORMAT = 1
PARTS = ("data", "indices", "indptr")
Texts = Mapping[str, Mapping[str, str]]


class IndexUnreadable(Exception):
    """The folder holds no index that this version can read; the message says why."""


def write(folder: Path, vectors: Vectors, texts: Texts) -> None:
    """Write everything and wait until it is on disk; the manifest comes last."""
    for name, matrix in vectors.counts.items():
        for part in PARTS:
            np.save(folder / f"{name}-{part}.npy", getattr(matrix, part))
    _dump(folder / "keys.json", vectors.keys)
    _dump(folder / "terms.json", vectors.terms)
    _dump(folder / "texts.json", texts)
    sums = {path.name: _sum(path) for path in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, "fingerprint": vectors.fingerprint, "files": sums}
    _dump(folder / "manifest.json", manifest)
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def read(folder: Path) -> tuple[Vectors, Texts]:
    """Read what `write` wrote; arrays stay on disk until they are asked (memory maps)."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexUnreadable(f"{folder}: no manifest that can be read ({error})") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise IndexUnreadable(f"{folder}: format {found!r}, this version reads {FORMAT}")
    for name, wanted in manifest["files"].items():
        if not (folder / name).is_file() or _sum(folder / name) != wanted:
            raise IndexUnreadable(f"{folder}: {name} is missing or damaged")
    keys, terms, texts = (_load(folder / f"{n}.json") for n in ("keys", "terms", "texts"))
    counts = {}
    for name in FIELDS:
        data, indices, indptr = (
            np.load(folder / f"{name}-{part}.npy", mmap_mode="r") for part in PARTS
        )
        shape = (len(keys), len(terms))
        counts[name] = sparse.csr_matrix((data, indices, indptr), shape=shape, copy=False)
    vectors = Vectors(keys, terms, counts)
    if vectors.fingerprint != manifest["fingerprint"]:
        made, ours = manifest["fingerprint"], vectors.fingerprint
        raise IndexUnreadable(f"{folder}: made by {made}, this is {ours}")
    return vectors, texts


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
