"""Collections of judged pairs on disk: `queries.jsonl`, `docs.jsonl` and `qrels.tsv`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matching.weights import Document

QUERIES, DOCUMENTS, JUDGEMENTS = "queries.jsonl", "docs.jsonl", "qrels.tsv"
GRADED = 4  # the best grade of a graded collection
CLOSE = 3  # there, from this grade on somebody should look
HIGHEST = 30  # a greater grade is a slip: gains double with each


class BadCollection(Exception):
    """The folder is no judged collection; the message names the file and the line."""


@dataclass(frozen=True)
class Collection:
    """Queries, documents, and the grade of each judged pair by query and document."""

    name: str
    queries: tuple[Document, ...]
    documents: tuple[Document, ...]
    judged: Mapping[str, Mapping[str, int]]

    @property
    def graded(self) -> bool:
        """Say whether grades go to four, or only say yes or no."""
        return max((g for row in self.judged.values() for g in row.values()), default=0) >= GRADED

    def gain(self, grade: int) -> float:
        """Return what a document of this grade is worth: 2^(grade − 1) − 1, if it is relevant.

        Where grades say yes or no only, that would make a yes worth nothing: there it is one.
        """
        if not self.graded:
            return float(grade >= 1)
        return 2.0 ** (grade - 1) - 1 if grade >= CLOSE else 0.0


def read(folder: Path) -> Collection:
    """Return a collection; raises BadCollection with the file and the line that is wrong."""
    if not folder.is_dir():
        raise BadCollection(f"{folder}: no such folder")
    queries = _documents(folder / QUERIES)
    documents = _documents(folder / DOCUMENTS)
    judged = _judgements(folder / JUDGEMENTS, queries, documents)
    return Collection(
        folder.resolve().name, tuple(queries.values()), tuple(documents.values()), judged
    )


def _documents(path: Path) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadCollection(f"{path}, line {number}: no JSON ({error})") from error
        if not isinstance(row, dict):
            raise BadCollection(f"{path}, line {number}: no object")
        values = [row.get("id"), row.get("title", ""), row.get("text", "")]
        if not all(isinstance(value, str) for value in values) or not values[0]:
            raise BadCollection(f"{path}, line {number}: id, title and text must be strings")
        key, title, body = values
        if key in found:
            raise BadCollection(f"{path}, line {number}: {key} stands twice")
        found[key] = Document(key, {"title": title, "body": body})
    return found


def _judgements(
    path: Path, queries: Mapping[str, Document], documents: Mapping[str, Document]
) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        cells = line.split("\t")
        if len(cells) != 3 or not cells[2].strip().isdecimal() or int(cells[2]) > HIGHEST:
            raise BadCollection(f"{path}, line {number}: not query, document, grade")
        query, document = cells[0], cells[1]
        if query not in queries or document not in documents:
            missing = query if query not in queries else document
            raise BadCollection(f"{path}, line {number}: {missing} is not in the collection")
        if document in judged.setdefault(query, {}):
            raise BadCollection(f"{path}, line {number}: {query}, {document} is judged twice")
        judged[query][document] = int(cells[2])
    return judged


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadCollection(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(text.split(b"\n"), 1):
        try:
            decoded = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise BadCollection(f"{path}, line {number}: not UTF-8") from error
        if decoded.strip():
            yield number, decoded
