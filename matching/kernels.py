"""The loops over postings, compiled. A posting is (document, code): which field, how often.

Postings lie by term, and in each term by document; `ends[t]` is where those of term t end.
"""

import numpy as np
from numba import njit

from matching.rarity import Array

CHANNELS, TIMES = 4, 63


@njit(cache=True, nogil=True)
def frequencies(ends: Array, documents: Array, live: Array) -> Array:
    """Return in how many living documents each term stands."""
    found = np.zeros(len(ends), np.int64)
    start = 0
    for term in range(len(ends)):
        last = -1
        for at in range(start, ends[term]):
            document = documents[at]
            if document != last and live[document]:
                found[term] += 1
            last = document
        start = ends[term]
    return found


@njit(cache=True, nogil=True)
def norms(
    ends: Array, documents: Array, codes: Array, channels: Array, rarity: Array, powers: Array,
    counts: Array, size: int,
) -> Array:  # fmt: skip
    """Return the length of each part of each document: (parts, size).

    A part counts rarity to its power, and `counts` says what so many times count in it. Part by
    part, because a term's postings are of few parts and go through the documents in order.
    """
    found, rare = np.zeros((len(powers), size), np.float64), np.empty(len(powers), np.float64)
    start = 0
    for term in range(len(ends)):
        channel = channels[term]
        _raise(rarity[term], channel, powers, rare)
        for at in range(start, ends[term]):
            code = codes[at]
            part = (code >> 6) * CHANNELS + channel
            weight = rare[part] * counts[part, code & TIMES]
            found[part, np.uint32(documents[at])] += weight * weight
        start = ends[term]
    return np.sqrt(found)


@njit(cache=True, nogil=True)
def impacts(
    ends: Array, documents: Array, codes: Array, channels: Array, rarity: Array, powers: Array,
    counts: Array, scale: Array,
) -> Array:  # fmt: skip
    """Return the weight of each posting; scale: (parts, size)."""
    found, rare = np.empty(len(documents), np.float32), np.empty(len(powers), np.float64)
    start = 0
    for term in range(len(ends)):
        channel = channels[term]
        _raise(rarity[term], channel, powers, rare)
        for at in range(start, ends[term]):
            code = codes[at]
            part = (code >> 6) * CHANNELS + channel
            own = scale[part, np.uint32(documents[at])]
            found[at] = rare[part] * counts[part, code & TIMES] * own
        start = ends[term]
    return found


@njit(cache=True, nogil=True)
def _raise(rarity: float, channel: int, powers: Array, into: Array) -> None:
    for part in range(channel, len(powers), CHANNELS):
        into[part] = rarity if powers[part] == 1 else rarity ** powers[part]


@njit(cache=True, nogil=True)
def scores(
    ends: Array, documents: Array, weights: Array, terms: Array, values: Array, size: int
) -> Array:
    """Return the score of each document: Σ over terms of value × weight."""
    found = np.zeros(size, np.float32)
    for at in range(len(terms)):
        term, value = terms[at], values[at]
        start = ends[term - 1] if term else 0
        those, theirs = documents[start : ends[term]], weights[start : ends[term]]
        for posting in range(len(those)):
            # Unsigned: else each access asks whether the row counts from the end, which
            # costs four parts in ten.
            found[np.uint32(those[posting])] += value * theirs[posting]
    return found


@njit(cache=True, nogil=True)
def replace_smallest(heap: Array, score: float) -> None:
    """Put a score where the smallest was; the smallest then is on top again."""
    at, size = 0, len(heap)
    while True:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if child >= size or heap[child] >= score:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = score
