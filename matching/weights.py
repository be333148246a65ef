"""The shape of a score: fields, channels, and what each of them counts for.

Score = Σ over terms of query weight × document weight. A document's weight of a term is its
saturated count × rarity, divided by the length of its field and channel, times the share of
both; a query's is the same with the query's own shares. So every part of a score belongs to one
term, and a text that answers a query in every field and channel scores about one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy as np

from matching import text
from matching.rarity import Array

ENGINE = "tfidf-words-signs-pairs-common-5"
FIELDS = ("title", "keywords", "indicators", "body")
# What follows was chosen on judged pairs (docs/adr); around these values little changes.
ASKED = {"title": 0.31, "keywords": 0.1, "indicators": 0.05, "body": 0.54}
AGAIN = 2  # how often a query's body is read as if it said the title too
OFFERED = {"title": 0.45, "keywords": 0.2, "indicators": 0.05, "body": 0.3}
# Words, signs, pairs; common words come on top, so that a floor means what it meant without.
_SHORT, _LONG = (0.1, 0.5, 0.4, 0.0), (0.32, 0.27, 0.41, 0.19)
CHANNEL = {"title": _SHORT, "keywords": _SHORT, "indicators": _SHORT, "body": _LONG}
SLOPE = {"title": 0.75, "keywords": 0.75, "indicators": 0.75, "body": 0.55}  # 1: by length alone
# How soon a term said again adds nothing (k1 of BM25), and the power of its rarity: a body's
# words count for being there at all, and its single signs tell less than their rarity says.
_ONCE = (1.2, 1.2, 1.2, 1.2)
SATURATION = {"title": _ONCE, "keywords": _ONCE, "indicators": _ONCE, "body": (0.6, *_ONCE[1:])}
_WHOLE = (1.0, 1.0, 1.0, 1.0)
POWER = {"title": _WHOLE, "keywords": _WHOLE, "indicators": _WHOLE, "body": (1.0, 0.5, 1.0, 1.0)}

PARTS = len(FIELDS) * len(text.CHANNELS)  # part = 4 × field + channel
TIMES = 63  # a count in one field is kept up to here


@dataclass(frozen=True)
class Document:
    """What is indexed, or asked: a key and its texts by field; a missing field is empty."""

    key: str
    fields: Mapping[str, str] = field(default_factory=dict)


_asked: ContextVar[Mapping[str, float]] = ContextVar("asked", default=ASKED)


@contextmanager
def asking(shares: Mapping[str, float] | None) -> Iterator[None]:
    """Let queries inside count their fields by these shares; by the usual ones where None."""
    token = _asked.set(shares or ASKED)
    try:
        yield
    finally:
        _asked.reset(token)


def by_part(values: Mapping[str, Sequence[float]]) -> Array:
    """Return what is given by field and channel in the order of the parts."""
    return np.array([value for name in FIELDS for value in values[name]])


def damped() -> Array:
    """Return what a term counts for that is asked so many times: (PARTS, TIMES + 1)."""
    found: Array = np.tile(np.sqrt(np.arange(TIMES + 1, dtype=np.float64)), (PARTS, 1))
    return found


def saturated() -> Array:
    """Return the same for one that is offered: 1 for once, at most 1 + k1."""
    times, k1 = np.arange(TIMES + 1, dtype=np.float64), by_part(SATURATION)[:, None]
    found: Array = times * (k1 + 1) / (times + k1)
    return found


def asked_scale(norms: Array) -> Array:
    """Return what the weights of a query's parts are multiplied by; norms: (PARTS,)."""
    found: Array = _shares(norms[None], _asked.get())[0] * _over(norms)
    return found


def offered_scale(norms: Array, means: Array) -> Array:
    """Return the same for documents: (documents, PARTS), norms pivoted around their means.

    Pivoted normalisation after Singhal, Buckley and Mitra 1996.
    """
    slope = np.repeat([SLOPE[name] for name in FIELDS], len(text.CHANNELS))
    pivoted = np.where(norms > 0, (1 - slope) * means + slope * norms, 0.0)
    found: Array = _shares(norms, OFFERED) * by_part(CHANNEL) * _over(pivoted)
    return found


def _shares(norms: Array, shares: Mapping[str, float]) -> Array:
    """Return each part's share, such that those of the fields that say something make one.

    Common words alone say nothing.
    """
    channels = len(text.CHANNELS)
    telling = norms.reshape(len(norms), -1, channels)[..., : text.CHANNELS.index(text.COMMON)]
    filled = (telling > 0).any(axis=2)
    worth = filled * np.array([shares[name] for name in FIELDS])
    found: Array = np.repeat(worth * _over(worth.sum(axis=1))[:, None], channels, axis=1)
    return found


def _over(values: Array) -> Array:
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
