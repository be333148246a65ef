"""The word lists a text is read by: domain terms, synonyms to fold, words that say nothing."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Self

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)  # by identity: hashing thousands of words costs too much
class Lexicon:
    """Terms that are kept whole, variants with what each stands for, and words left out."""

    terms: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()  # (variant, canonical)
    stopwords: frozenset[str] = frozenset()

    @cached_property
    def synonyms(self) -> dict[str, str]:
        """Return variant → canonical form."""
        return dict(self.variants)

    @cached_property
    def fingerprint(self) -> str:
        """Return a short hash of the lists: an index made with others must be made anew."""
        lists = (self.terms, self.variants, tuple(sorted(self.stopwords)))
        return hashlib.sha256(repr(lists).encode()).hexdigest()[:16]

    def changed(
        self,
        *,
        terms: Iterable[str] = (),
        variants: Mapping[str, str] | None = None,
        stopwords: Iterable[str] = (),
        without: Iterable[str] = (),
    ) -> Self:
        """Return these lists with some entries more, and `without` others wherever they stand.

        What is added wins over what is taken away, and over an older meaning of a variant.
        """
        gone = frozenset(without)
        kept = {v: whole for v, whole in self.variants if v not in gone and whole not in gone}
        kept |= variants or {}
        return type(self)(
            tuple(dict.fromkeys((*(t for t in self.terms if t not in gone), *terms))),
            tuple(kept.items()),
            (self.stopwords - gone) | frozenset(stopwords),
        )


@cache
def shipped() -> Lexicon:
    """Return the lists that come with the matcher."""
    variants = {}
    for line in _lines("synonyms.tsv"):
        canonical, _, others = line.partition("\t")
        variants.update({variant: canonical for variant in others.split("|") if variant})
    terms, stopwords = _lines("terms.txt"), _lines("stopwords.txt")
    return Lexicon(tuple(terms), tuple(variants.items()), frozenset(stopwords))


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
