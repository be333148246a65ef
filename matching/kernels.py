"""The loops over postings, compiled. A posting is (document, code): which field, how often.

Postings lie by term, and in each term by document; `ends[t]` is where those of term t end.
"""

import numpy as np
from numba import njit, prange

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
    """Return the length of each part of each document: (size, parts).

    A part counts rarity to its power, and `counts` says what so many times count in it.
    """
    found, rare = np.zeros((size, len(powers)), np.float64), np.empty(len(powers), np.float64)
    start = 0
    for term in range(len(ends)):
        channel = channels[term]
        _raise(rarity[term], channel, powers, rare)
        for at in range(start, ends[term]):
            code = codes[at]
            part = (code >> 6) * CHANNELS + channel
            weight = rare[part] * counts[part, code & TIMES]
            found[documents[at], part] += weight * weight
        start = ends[term]
    return np.sqrt(found)


@njit(cache=True, nogil=True)
def impacts(
    ends: Array, documents: Array, codes: Array, channels: Array, rarity: Array, powers: Array,
    counts: Array, scale: Array,
) -> Array:  # fmt: skip
    """Return the weight of each posting."""
    found, rare = np.empty(len(documents), np.float32), np.empty(len(powers), np.float64)
    start = 0
    for term in range(len(ends)):
        channel = channels[term]
        _raise(rarity[term], channel, powers, rare)
        for at in range(start, ends[term]):
            code = codes[at]
            part = (code >> 6) * CHANNELS + channel
            found[at] = rare[part] * counts[part, code & TIMES] * scale[documents[at], part]
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
def best(found: Array, allowed: Array, k: int) -> Array:
    """Return the allowed rows that score among the k best above nought, in no order.

    Those that tie with the k-th are all there.
    """
    heap = np.zeros(k, found.dtype)  # the k best so far, the smallest on top
    rows, kept = np.empty(len(found), np.int64), 0
    bar = heap[0]
    for row in range(len(found)):
        score = found[row]
        if score >= bar and score > 0 and allowed[row]:
            rows[kept] = row
            kept += 1
            if score > bar:
                _replace_smallest(heap, score)
                bar = heap[0]
    good: Array = rows[:kept][found[rows[:kept]] >= bar]
    return good


@njit(cache=True, nogil=True)
def _replace_smallest(heap: Array, score: float) -> None:
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


@njit(cache=True, nogil=True, parallel=True)
def pairs(
    ends: Array, documents: Array, weights: Array, asked: Array, terms: Array, values: Array,
    allowed: Array, k: int,
) -> tuple[Array, Array]:  # fmt: skip
    """Return for many queries at once the k best rows and their scores: (queries, k).

    Query q's terms lie before `asked[q]`. Best first, ties by row; −1 where there are fewer.
    """
    count = len(asked)
    rows, found = np.full((count, k), -1, np.int64), np.zeros((count, k), np.float32)
    for query in prange(count):
        start = asked[query - 1] if query else 0
        one = scores(
            ends, documents, weights, terms[start : asked[query]], values[start : asked[query]],
            len(allowed),
        )  # fmt: skip
        good = best(one, allowed, k)
        order = np.argsort(-one[good], kind="mergesort")[:k]
        rows[query, : len(order)] = good[order]
        found[query, : len(order)] = one[good[order]]
    return rows, found
