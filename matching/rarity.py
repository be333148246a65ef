"""How rare a term is: in the documents, in background texts, and in everyday Chinese.

A small index cannot know that 玻璃 is an ordinary word and 溴酸盐 is not. So the documents are
counted together with imagined everyday ones that follow the frequencies of jieba's dictionary,
and with what people ask for; the more documents there are, the less those weigh.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

import numpy as np

from matching import text

EVERYDAY = 2000  # imagined everyday documents
PAIRED = len(text.PAIR) + 2
LENGTH = 200  # words, or signs, of each
HEARD = 2000  # documents that the background counts for, however many texts it has

Array = np.ndarray[Any, Any]
_NO_KEYS: Array = np.zeros(0, np.uint64)
_NO_COUNTS: Array = np.zeros(0, np.float64)


@dataclass(frozen=True, eq=False)
class Background:
    """Texts that are counted but never found: by term key, the share of them that has it."""

    keys: Array = field(default_factory=lambda: _NO_KEYS)  # in order
    shares: Array = field(default_factory=lambda: _NO_COUNTS)

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]]) -> Self:
        """Return the background that these texts, each by its terms, make."""
        counted: Counter[int] = Counter()
        size = 0
        for terms in texts:
            counted.update(set(map(text.key, terms)))
            size += 1
        if not size:
            return cls()
        keys = np.fromiter(sorted(counted), np.uint64, len(counted))
        return cls(keys, np.array([counted[key] / size for key in keys.tolist()]))

    def rarity(self, keys: Array, frequency: Array, everyday: Array, size: int) -> Array:
        """Return the smoothed idf of terms that stand in `frequency` of `size` documents."""
        heard = HEARD if len(self.keys) else 0
        here = heard * look_up(self.keys, self.shares, keys)
        found: Array = np.log((1 + size + heard + EVERYDAY) / (0.5 + frequency + here + everyday))
        return found


def look_up(keys: Array, values: Array, sought: Array) -> Array:
    """Return the values of the keys (in order) that are sought; nought for those not there."""
    if not len(keys):
        return np.zeros(len(sought), values.dtype)
    places = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
    found: Array = np.where(keys[places] == sought, values[places], 0)
    return found


def everyday(term: str) -> float:
    """Return in how many of the imagined documents a term stands."""
    whole = term.startswith(text.WORD) or (term.startswith(text.COMMON) and len(term) > PAIRED)
    times, total = text.dictionary() if whole else _signs()
    return -EVERYDAY * math.expm1(-LENGTH * times.get(term[2:], 0) / total)


@cache
def _signs() -> tuple[dict[str, int], int]:
    """Return how often each sign and pair stands in everyday words, and how many signs."""
    words, _ = text.dictionary()
    found: dict[str, int] = {}
    total = 0
    for word, times in words.items():
        if times:
            total += times * len(word)
            signs, pairs = text.grams((word,))
            for gram in signs + pairs:
                found[gram] = found.get(gram, 0) + times
    return found, total
