"""Questions asked of the dictionary."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, QuerySet

from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.states import Kind


class Row(NamedTuple):
    """An entry as the matcher needs it."""

    kind: str
    word: str
    canonical: str


@dataclass(frozen=True)
class Difference:
    """What the draft adds to, takes from and changes in a version, by word."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[Entry, ...]

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self.added or self.removed or self.changed)


def entries_of(version: Version | None) -> QuerySet[Entry]:
    """Return the entries of a version, or of the draft."""
    return Entry.objects.filter(version=version).select_related("chain", "added_by")


def rows_of(version: Version | None) -> list[Row]:
    """Return the same as the matcher needs it, in one order; one query."""
    found = Entry.objects.filter(version=version).order_by("kind", "key")
    return [Row(*values) for values in found.values_list("kind", "word", "canonical")]


def digest_of(rows: Iterable[Row]) -> str:
    """Return what changes when the words do; an empty text where there are none."""
    listed = [tuple(row) for row in rows]
    return hashlib.sha256(repr(listed).encode()).hexdigest()[:24] if listed else ""


def versions() -> QuerySet[Version]:
    """Return all versions, newest first, with how many words each has."""
    return (
        Version.objects.select_related("made_by")
        .annotate(words=Count("entries"))
        .order_by("-number")
    )


def chosen() -> Choice | None:
    """Return the newest choice, whether all is indexed by it yet or not."""
    return Choice.objects.select_related("version", "actor").first()


def in_effect() -> Choice | None:
    """Return the newest choice by which all is indexed; None is the built-in words alone."""
    done = Choice.objects.filter(effective_at__isnull=False)
    return done.select_related("version", "actor").first()


def digest_chosen() -> str:
    """Return the digest of the words to read by; an empty text is the built-in ones alone."""
    choice = chosen()
    return choice.version.digest if choice and choice.version else ""


def rows_by_digest(digest: str) -> list[Row] | None:
    """Return the words of a digest; None if no version has them."""
    if not digest:
        return []
    version = Version.objects.filter(digest=digest).first()
    return rows_of(version) if version else None


def draft_differs_from(version: Version | None) -> Difference:
    """Return how the draft differs from a version, or from the built-in words; two queries."""
    draft = {entry.key: entry for entry in entries_of(None)}
    published: Mapping[str, Entry] = (
        {entry.key: entry for entry in entries_of(version)} if version else {}
    )
    changed = tuple(
        entry
        for key, entry in draft.items()
        if key in published and _meaning(entry) != _meaning(published[key])
    )
    return Difference(
        added=tuple(entry for key, entry in draft.items() if key not in published),
        removed=tuple(entry for key, entry in published.items() if key not in draft),
        changed=changed,
    )


def counts(version: Version | None) -> dict[str, int]:
    """Return how many entries of each kind there are."""
    found = Entry.objects.filter(version=version).order_by().values("kind")
    counted = {row["kind"]: row["n"] for row in found.annotate(n=Count("pk"))}
    return {kind.value: counted.get(kind.value, 0) for kind in Kind}


def _meaning(entry: Entry) -> tuple[str, str, str]:
    return entry.kind, entry.word, entry.canonical
