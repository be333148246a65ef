"""The three word lists, read once: domain terms, synonyms to fold, words that say nothing."""

import hashlib
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def terms() -> tuple[str, ...]:
    """Return the domain terms that segmentation must keep whole."""
    return tuple(_lines("terms.txt"))


@cache
def stopwords() -> frozenset[str]:
    """Return the words that every need and every result contains."""
    return frozenset(_lines("stopwords.txt"))


@cache
def synonyms() -> dict[str, str]:
    """Return variant → canonical form, as they stand in the file."""
    folded = {}
    for line in _lines("synonyms.tsv"):
        canonical, _, variants = line.partition("\t")
        folded.update({variant: canonical for variant in variants.split("|") if variant})
    return folded


@cache
def fingerprint() -> str:
    """Return a short hash of the lists: an index made with others must be made anew."""
    digest = hashlib.sha256()
    for name in ("terms.txt", "synonyms.tsv", "stopwords.txt"):
        digest.update((DATA / name).read_bytes())
    return digest.hexdigest()[:16]
