"""The k best documents without reading every posting: exact, by blocks of documents.

Terms are read in the order of what they can give a document at most (MaxScore, Turtle and Flood
1995). Once those still to come cannot lift a document over the k-th best so far, only documents
that are near it already are followed through the remaining terms, which are the ordinary ones
with long lists. What is left at the end is summed anew in the order of the terms, as `scores`
sums, so that a score never depends on who else was there.
"""

import numpy as np
from numba import njit

from matching.kernels import replace_smallest
from matching.rarity import Array

FIRST, BLOCK = 8192, 32768  # documents: few at first, which sets a bar early; both fit a cache
SWITCH = 0.35  # of the bar: documents are followed one by one once less than this can come
PROBE = 16  # a document is looked up in a list where it is at least so many times shorter
SLACK = np.float32(1 - 1e-5)  # sums of 32 bits in another order differ by less
LEAST = np.float32(1e-30)
ALL = np.arange(BLOCK, dtype=np.int32)


@njit(cache=True, nogil=True)
def peaks(ends: Array, documents: Array, weights: Array) -> Array:
    """Return the most that each term gives a document, over all its fields."""
    found, start = np.zeros(len(ends), np.float32), 0
    for term in range(len(ends)):
        one, last = np.float32(0), -1
        for at in range(start, ends[term]):
            one = one + weights[at] if documents[at] == last else weights[at]
            last = documents[at]
            found[term] = max(found[term], one)
        start = ends[term]
    return found


def top(
    ends: Array, documents: Array, weights: Array, most: Array, terms: Array, values: Array,
    allowed: Array, k: int,
) -> tuple[Array, Array]:  # fmt: skip
    """Return the allowed rows among the k best above nought, in order, and their scores.

    Those that tie with the k-th are all there. `most` is what `peaks` found; terms are in order.
    """
    bounds = values * most[terms]
    order = np.argsort(-bounds, kind="stable")
    coming = np.cumsum(bounds[order][::-1], dtype=np.float64)[::-1]
    rows, sums, bar = _scan(
        ends, documents, weights, terms[order], values[order], coming, allowed, k
    )
    rows = rows[sums >= bar * SLACK]
    scores = _exact(ends, documents, weights, terms, values, rows)
    if len(rows) > k:
        good = scores >= np.partition(scores, -k)[-k]
        return rows[good], scores[good]
    return rows, scores


@njit(cache=True, nogil=True)
def _scan(
    ends: Array, documents: Array, weights: Array, terms: Array, values: Array, coming: Array,
    allowed: Array, k: int,
) -> tuple[Array, Array, float]:  # fmt: skip
    """Return rows that may be among the k best, what they sum up to, and what the k-th has.

    `coming` is what each term and those after it give a document at most, together.
    """
    at, end = np.empty(len(terms), np.int64), np.empty(len(terms), np.int64)
    for place, term in enumerate(terms):
        at[place], end[place] = ends[term - 1] if term else 0, ends[term]
    sums, near = np.empty(BLOCK, np.float32), np.empty(BLOCK + 1, np.int32)
    heap = np.zeros(k, np.float32)  # the k best so far, the smallest on top
    rows, found, kept = np.empty(1024, np.int64), np.empty(1024, np.float32), 0
    stop, width = 0, FIRST
    while stop < len(allowed):
        start, stop = stop, min(stop + width, len(allowed))
        width, size = BLOCK, stop - start
        sums[:size] = 0
        bar = heap[0] * SLACK
        followed, many = False, 0
        for place in range(len(terms)):
            if coming[place] < SWITCH * bar:
                many = _near(sums, size, bar - coming[place], near, many, followed)
                followed = True
                if not many:
                    break
            value, here, last = values[place], at[place], end[place]
            share = (last - here) * (size / (len(allowed) - start))
            if followed and many * PROBE < share:
                those = near[:many]
                at[place] = _look_up(documents, weights, here, last, those, start, value, sums)
                continue
            here = _skip(documents, here, last, start)
            at[place] = _skip(documents, here, last, stop)
            _add(documents[here : at[place]], weights[here : at[place]], value, start, sums)
        if kept + size > len(rows):
            rows, found = _longer(rows, kept + size), _longer(found, kept + size)
        if followed:
            kept = _take(sums, near[:many], start, allowed, heap, rows, found, kept)
            continue
        for first in range(0, size, 16):
            some, last = 0, min(first + 16, size)
            least = max(heap[0] * SLACK, LEAST)
            for row in range(first, last):  # sixteen at once: few hold any
                some += sums[np.uint64(row)] >= least
            if some:
                group = ALL[first:last]
                kept = _take(sums, group, start, allowed, heap, rows, found, kept)
    return rows[:kept], found[:kept], heap[0]


@njit(cache=True, nogil=True)
def _take(
    sums: Array, those: Array, start: int, allowed: Array, heap: Array, rows: Array, found: Array,
    kept: int,
) -> int:  # fmt: skip
    """Write down those rows that are among the best so far; return how many are written now."""
    for row in those:
        score = sums[row]
        if score >= heap[0] * SLACK and score > 0 and allowed[start + row]:
            rows[kept], found[kept] = start + row, score
            kept += 1
            if score > heap[0]:
                replace_smallest(heap, score)
    return kept


@njit(cache=True, nogil=True)
def _longer(old: Array, least: int) -> Array:
    new = np.empty(max(2 * len(old), least), old.dtype)
    new[: len(old)] = old
    return new


@njit(cache=True, nogil=True)
def _add(those: Array, theirs: Array, value: float, start: int, sums: Array) -> None:
    first = np.uint64(start)
    for posting in range(len(those)):
        # Unsigned: see `scores`.
        sums[np.uint64(np.uint32(those[posting])) - first] += value * theirs[posting]


@njit(cache=True, nogil=True)
def _look_up(
    documents: Array, weights: Array, at: int, end: int, near: Array, start: int, value: float,
    sums: Array,
) -> int:  # fmt: skip
    """Add what a term gives the documents that are followed; return where reading stopped."""
    for row in near:
        at = _skip(documents, at, end, start + row)
        while at < end and documents[at] == start + row:
            sums[row] += value * weights[at]
            at += 1
    return at


@njit(cache=True, nogil=True)
def _skip(documents: Array, at: int, end: int, row: int) -> int:
    """Return the first place from `at` on whose document is not before the row."""
    step, beyond = 1, at
    while beyond < end and documents[beyond] < row:
        at = beyond + 1
        beyond += step
        step *= 2
    beyond = min(beyond, end)
    while at < beyond:
        middle = (at + beyond) >> 1
        if documents[middle] < row:
            at = middle + 1
        else:
            beyond = middle
    return at


@njit(cache=True, nogil=True)
def _near(sums: Array, size: int, need: float, near: Array, many: int, followed: bool) -> int:
    """Write down the rows that have what is needed, of those followed so far; return how many."""
    found, least = 0, np.float32(need)
    if followed:
        for place in range(many):
            near[found] = near[place]
            found += sums[near[place]] >= least
        return found
    for first in range(0, size, 16):
        some, last = 0, min(first + 16, size)
        for row in range(first, last):  # sixteen at once: few hold any
            some += sums[np.uint64(row)] >= least
        if some:
            for row in range(first, last):
                near[found] = row
                found += sums[row] >= least
    return found


@njit(cache=True, nogil=True)
def _exact(
    ends: Array, documents: Array, weights: Array, terms: Array, values: Array, rows: Array
) -> Array:
    """Return the scores of some rows, summed term by term in their order as `scores` does."""
    found = np.zeros(len(rows), np.float32)
    for place in range(len(terms)):
        term, value = terms[place], values[place]
        at = ends[term - 1] if term else 0
        for number in range(len(rows)):
            at = _skip(documents, at, ends[term], rows[number])
            while at < ends[term] and documents[at] == rows[number]:
                found[number] += value * weights[at]
                at += 1
    return found
