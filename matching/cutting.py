"""jieba's cut, compiled: the same words, from the same dictionary and the same arithmetic.

The dictionary becomes a tree whose branches lie in one table (open addressing). A branch's key is
its node and its sign, so nothing is found that is not there. jieba itself fills the dictionary.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
_FIRST, _LAST = 0x4E00, 0x9FD5  # what jieba takes for Chinese; every other sign stands alone
_CHINESE = re.compile(r"[一-鿕]+")
_SIGN = np.uint64(16)  # bits of a sign
_MIX = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
_LEAST = 1 << 10  # places of a table


class _Tree(NamedTuple):
    keys: Array  # uint64: node and sign of each branch
    nodes: Array  # uint32: where it leads
    logs: Array  # float64: the logarithm of each node's frequency; nan where no word ends
    size: int  # nodes


class Cutter:
    """A dictionary ready to cut with, as `jieba.Tokenizer.cut(run, HMM=False)` would."""

    def __init__(self, words: Mapping[str, int], total: int) -> None:
        empty = _Tree(np.full(_LEAST, _NONE), np.zeros(_LEAST, np.uint32), np.full(1, np.nan), 0)
        self._tree = _with(empty, words)
        self._log_total = math.log(total)

    def changed(self, words: Mapping[str, int], total: int) -> Self:
        """Return a cutter that knows these words too, or with other frequencies."""
        made = object.__new__(type(self))
        made._tree = _with(self._tree, words)
        made._log_total = math.log(total)
        return made

    def ends(self, text: str) -> list[int]:
        """Return where the words of a text end; a sign that is not Chinese is a word alone."""
        tree = self._tree
        found: list[int] = _cut(
            _signs(text), tree.keys, tree.nodes, tree.logs, self._log_total
        ).tolist()
        return found


def _with(tree: _Tree, words: Mapping[str, int]) -> _Tree:
    """Return a tree with more words; the one given stays as it is."""
    named = [word for word, times in words.items() if times and _CHINESE.fullmatch(word)]
    # math.log, as jieba has it: the last bit decides between ways that are as likely.
    logs = np.array([math.log(words[word]) for word in named], np.float64)
    ends = np.cumsum([len(word) for word in named], dtype=np.int64)
    return _Tree(*_planted(tree, _signs("".join(named)), ends, logs))


def _signs(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@njit(cache=True, nogil=True)
def _place(keys: Array, key: np.uint64) -> np.uint64:
    """Return where a key lies, or where it would."""
    mask = np.uint64(len(keys) - 1)
    at = (key * _MIX) >> np.uint64(32) & mask
    while keys[at] != key and keys[at] != _NONE:
        at = (at + np.uint64(1)) & mask
    return at


@njit(cache=True, nogil=True)
def _planted(
    tree: _Tree, signs: Array, ends: Array, of_words: Array
) -> tuple[Array, Array, Array, int]:
    size = len(tree.keys)
    while size < 2 * (tree.size + len(signs)):
        size *= 2
    keys, nodes = np.full(size, _NONE), np.zeros(size, np.uint32)
    for old in range(len(tree.keys)):
        if tree.keys[old] != _NONE:
            place = _place(keys, tree.keys[old])
            keys[place], nodes[place] = tree.keys[old], tree.nodes[old]
    logs = np.full(tree.size + len(signs) + 1, np.nan)
    logs[: tree.size + 1] = tree.logs[: tree.size + 1]
    count, start = tree.size, 0
    for word in range(len(ends)):
        node = np.uint64(0)
        for at in range(start, ends[word]):
            key = node << _SIGN | np.uint64(signs[at])
            place = _place(keys, key)
            if keys[place] == _NONE:
                count += 1
                keys[place], nodes[place] = key, count
            node = np.uint64(nodes[place])
        logs[node] = of_words[word]
        start = ends[word]
    return keys, nodes, logs[: count + 1].copy(), count


@njit(cache=True, nogil=True)
def _cut(signs: Array, keys: Array, nodes: Array, logs: Array, log_total: float) -> Array:
    """Return where the words of the likeliest way end; of two as likely, the longer word first."""
    size = len(signs)
    best, upto = np.zeros(size + 1), np.zeros(size + 1, np.int64)
    for start in range(size - 1, -1, -1):
        upto[start] = start + 1
        if not _FIRST <= signs[start] <= _LAST:
            continue
        chosen, node = -np.inf, np.uint64(0)
        for at in range(start, size):
            if not _FIRST <= signs[at] <= _LAST:
                break
            key = node << _SIGN | np.uint64(signs[at])
            place = _place(keys, key)
            if keys[place] == _NONE:
                break
            node = np.uint64(nodes[place])
            worth = logs[node] - log_total + best[at + 1]  # nan where no word ends
            if worth >= chosen:
                chosen, upto[start] = worth, at + 1
        # A sign that begins no word counts as one that was seen once.
        best[start] = chosen if chosen > -np.inf else 0.0 - log_total + best[start + 1]
    found, count, at = np.empty(size, np.int64), 0, 0
    while at < size:
        at = upto[at]
        found[count] = at
        count += 1
    return found[:count]
