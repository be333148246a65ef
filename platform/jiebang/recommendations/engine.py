"""The indexes on disk, one a kind: opened once a process, renewed whole, never half.

`<kind>/current` names the folder that counts. A folder is named by what is in it, so an index
that was lost and built again is the same one. What cannot be read counts as not there.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

from jiebang.lexicons import wordlists
from jiebang.recommendations.corpus import place
from matching import Document, Index, IndexUnreadable, using

log = logging.getLogger(__name__)
POINTER, LOCK, PART, DIGESTS, WORDS = "current", "lock", "index", "digests.json", "words"
UNREADABLE = (IndexUnreadable, OSError, ValueError)

_opened: dict[Path, "Shelf"] = {}
_opening = threading.Lock()


@dataclass(frozen=True)
class Shelf:
    """An index, the folder's name as its version, and by key the digest of what each text was.

    `words` is the digest of the bureau's words that it was made with.
    """

    version: str
    index: Index
    digests: Mapping[str, str]
    words: str = ""

    def keys_of(self, rows: Iterable[int]) -> set[str]:
        """Return the keys of the documents of these rows."""
        return {key for row in rows for key in self._by_row.get(row, ())}

    @cached_property
    def _by_row(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for key in self.digests:
            found.setdefault(place(key)[0], []).append(key)
        return found


def current(kind: str) -> Shelf | None:
    """Return the index of this kind as it is now; None where there is none that can be read."""
    folder = _folder(kind)
    for _ in range(2):  # once more, for it may be renewed while we open it
        version = _pointed_at(folder)
        held = _opened.get(folder)
        if held is None or held.version != version:
            with _opening:
                held = _read(folder, version) if version else None
        if held is not None:
            _opened[folder] = held
            return held
    return None


def renew(
    kind: str,
    documents: Iterable[tuple[Document, str]],
    *,
    anew: bool = False,
    wanted: Callable[[], str] = str,
    parts: Iterable[Path] = (),
) -> Shelf:
    """Bring the index to these documents (each with its digest) and point everybody to it.

    What did not change is not cut again, unless all is to be made `anew` or other words than
    these are `wanted` (a digest); `parts` hold texts that others have cut for this. What is there
    serves on until all is ready. Documents are read while the kind is held, so of two who renew
    the one who read later also writes later.
    """
    with _held(_folder(kind)) as folder:
        words, held = wanted(), None if anew else current(kind)
        if cut := [shelf for each in parts if (shelf := _part(each)) and shelf.words == words]:
            held = _joined(cut)
        if held and held.words != words:
            held = None
        known = held.digests if held else {}
        digests, changed = {}, []
        for document, digest in documents:
            digests[document.key] = digest
            if known.get(document.key) != digest:
                changed.append(document)
        gone = known.keys() - digests.keys()
        if held and held.version and not changed and not gone:
            return held
        index = (
            held.index.changed(changed, gone)
            if held
            else Index.build(changed, lexicon=wordlists.by_digest(words))
        )
        return _put(folder, index, digests, words)


def renew_rows(
    kind: str,
    rows: Iterable[int],
    read: Callable[[], Iterable[tuple[Document, str]]],
    *,
    wanted: Callable[[], str],
) -> Shelf | None:
    """Bring these rows alone to what is read of them now; nothing else is read or cut.

    None where there is no index that could be added to: then all has to be renewed.
    """
    with _held(_folder(kind)) as folder:
        held = current(kind)
        if held is None or held.words != wanted():
            return None
        digests, changed, seen = dict(held.digests), [], set()
        for document, digest in read():
            seen.add(document.key)
            if digests.get(document.key) != digest:
                digests[document.key] = digest
                changed.append(document)
        gone = held.keys_of(rows) - seen
        for key in gone:
            del digests[key]
        if not changed and not gone:
            return held
        return _put(folder, held.index.changed(changed, gone), digests, held.words)


def write_part(place: Path, documents: Iterable[tuple[Document, str]], words: str) -> None:
    """Cut these documents for an index that others cut the rest of; see `renew`."""
    listed = list(documents)
    lexicon = wordlists.by_digest(words)
    index = Index.build((document for document, _ in listed), lexicon=lexicon)
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=place.parent))
    _write(made, Shelf("", index, {document.key: digest for document, digest in listed}, words))
    shutil.rmtree(place, ignore_errors=True)
    made.replace(place)


def parts_of(number: int) -> Path:
    """Return where the parts of this round are put."""
    return Path(settings.MATCH_INDEX_DIR) / "parts" / str(number)


def scores(index: Index, query: Document, keys: Iterable[str]) -> dict[str, float]:
    """Return what each of these documents scores; without reasons, so for many at once."""
    vectors = index.vectors
    with using(index.lexicon):
        found = vectors.scores(vectors.asked(query))
    places = {key: vectors.places[key] for key in keys if key in index}
    return {key: float(found[number][row]) for key, (number, row) in places.items()}


def nearest(index: Index, query: Document, most: int, least: float) -> list[str]:
    """Return the keys of the documents that score at least so much, best first, `most` of them."""
    vectors = index.vectors
    with using(index.lexicon):
        found = vectors.best(vectors.asked(query), most)
    return [vectors.segments[n].keys[row] for (n, row), score in found if score >= least]


def _folder(kind: str) -> Path:
    return Path(settings.MATCH_INDEX_DIR) / kind


def _pointed_at(folder: Path) -> str:
    try:
        return (folder / POINTER).read_text("ascii").strip()
    except UNREADABLE:
        return ""


def _read(folder: Path, version: str) -> Shelf | None:
    return _part(folder / version, version)


def _part(place: Path, version: str = "") -> Shelf | None:
    try:
        digests = json.loads((place / DIGESTS).read_text("ascii"))
        words = (place / WORDS).read_text("ascii")
        index = Index.open(place / PART, wordlists.by_digest(words))
        return Shelf(version, index, digests, words)
    except UNREADABLE as error:
        log.warning("the index in %s cannot be read and will be built anew: %s", place, error)
        return None


def _version(index: Index, digests: Mapping[str, str]) -> str:
    content = json.dumps([index.fingerprint, sorted(digests.items())])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _joined(parts: Iterable[Shelf]) -> Shelf:
    cut = list(parts)
    digests = {key: digest for shelf in cut for key, digest in shelf.digests.items()}
    return Shelf("", Index.joined(shelf.index for shelf in cut), digests, cut[0].words)


def _put(folder: Path, index: Index, digests: Mapping[str, str], words: str) -> Shelf:
    _opened[folder] = shelf = Shelf(_version(index, digests), index, digests, words)
    _publish(folder, shelf)
    return shelf


def _write(made: Path, shelf: Shelf) -> None:
    shelf.index.save(made / PART)
    (made / DIGESTS).write_text(json.dumps(shelf.digests), "ascii")
    (made / WORDS).write_text(shelf.words, "ascii")


def _publish(folder: Path, shelf: Shelf) -> None:
    """Write everything aside, put it in its place, then move the pointer; the last two are kept."""
    before, place = _pointed_at(folder), folder / shelf.version
    made = Path(tempfile.mkdtemp(dir=folder))
    _write(made, shelf)
    shutil.rmtree(place, ignore_errors=True)
    made.replace(place)
    pointer = folder / f"{POINTER}.{os.getpid()}"
    pointer.write_text(shelf.version, "ascii")
    pointer.replace(folder / POINTER)
    for other in folder.iterdir():  # whatever an interrupted renewal left, too: we hold the kind
        if other.is_dir() and other.name not in (before, shelf.version):
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
