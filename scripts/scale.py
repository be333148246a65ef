"""`python -m scripts.scale 10000 100000`: what the matcher costs a document and a posting.

Texts are made of the dictionary's words as often as everyday texts have them, 200 signs each;
the index is built from them, saved, opened and asked. Times are those of one core, not of the
clock, so that a busy machine may be measured. What more documents would take: docs/scale.md.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from matching import Document, Index
from matching.text import dictionary
from matching.vectors import Asked

SIGNS, QUERIES, SEED = 200, 60, 0
QUERY = {"短": 20, "长": 200}  # signs asked
T = TypeVar("T")
AIM = 10_000_000


class Row(NamedTuple):
    """What one size gave."""

    build: float  # documents a second
    postings: float  # a document
    held: float  # bytes a document
    add: float  # seconds until one more can be found
    opening: float  # seconds
    spent: dict[str, tuple[float, float]]  # milliseconds a query, nanoseconds a posting


class Talk:
    """A stream of made-up texts."""

    def __init__(self) -> None:
        words, _ = dictionary()
        self._words = [word for word, times in words.items() if times and len(word) > 1]
        share = np.cumsum([float(words[word]) for word in self._words])
        self._up_to, self._random = share / share[-1], np.random.default_rng(SEED)

    def text(self, signs: int) -> str:
        """Return a text of about so many signs."""
        drawn = np.searchsorted(self._up_to, self._random.random(signs // 2))
        return "".join(self._words[at] for at in drawn.tolist())[:signs]


def main(sizes: Sequence[int]) -> None:
    """Print the table, and what it says about more."""
    print(
        f"{'文档':>10}{'建立 份/秒':>11}{'倒排项/份':>10}{'字节/份':>9}{'加一份 秒':>10}"
        f"{'打开 毫秒':>10}" + "".join(f"{f'{kind}查询 毫秒':>11}{'纳秒/项':>8}" for kind in QUERY)
    )
    for size in sizes:
        row = measured(size)
    print(
        f"\n按最后一行推算 {AIM:,} 份：建立 {AIM / row.build / 3600:.1f} 核时；"
        f"索引 {AIM * row.held / 1e9:.0f} GB；重新加权 {row.add * AIM / sizes[-1]:.0f} 核秒；"
        f"长查询 {row.spent['长'][0] * AIM / sizes[-1]:.0f} 核毫秒"
    )


def measured(size: int) -> Row:
    """Print one line, and return its figures."""
    talk = Talk()
    texts = [
        Document(str(n), {"title": talk.text(20), "body": talk.text(SIGNS)}) for n in range(size)
    ]
    Index.build(texts[:50]).search(texts[0])  # compiled before the clock runs
    index, built = clocked(lambda: weighed(Index.build(texts)))
    more, add = clocked(lambda: weighed(index.changed([Document("new", {"title": talk.text(20)})])))
    with tempfile.TemporaryDirectory(prefix="jiebang-scale-") as folder:
        place = Path(folder) / "index"
        more.save(place)
        held = sum(path.stat().st_size for path in place.iterdir())
        opened, opening = clocked(lambda: Index.open(place))
        asked = {
            kind: [Document("?", {"title": talk.text(signs)}) for _ in range(QUERIES)]
            for kind, signs in QUERY.items()
        }
        spent = {kind: query(opened, queries) for kind, queries in asked.items()}
    postings = sum(len(each.documents) for each in index.vectors.segments) / size
    row = Row(size / built, postings, held / size, add, opening, spent)
    print(
        f"{size:>10,}{row.build:>13,.0f}{postings:>13.0f}{row.held:>11,.0f}{add:>12.2f}"
        f"{opening * 1000:>12.1f}"
        + "".join(f"{ms:>13.2f}{ns:>10.2f}" for ms, ns in spent.values()),
        flush=True,
    )
    return row


def weighed(index: Index) -> Index:
    """Return the index once it is ready to be asked."""
    _ = index.vectors.weighed
    return index


def query(index: Index, queries: Sequence[Document]) -> tuple[float, float]:
    """Return the middle milliseconds of finding the best ten, and nanoseconds a posting."""
    vectors = index.vectors
    wanted = [vectors.asked(each) for each in queries]

    def find(one: Asked) -> object:
        return vectors.best(one, 10)

    find(wanted[0])
    spent = [clocked(partial(find, each))[1] for each in wanted]
    touched = np.median([reached(index, each) for each in wanted])
    middle = float(np.median(spent))
    return middle * 1000, middle * 1e9 / max(float(touched), 1.0)


def reached(index: Index, asked: Asked) -> int:
    """Return how many postings a query touches."""
    total = 0
    for segment in index.vectors.segments:
        long = np.diff(segment.ends, prepend=0)
        total += int(long[np.isin(segment.terms, asked.keys)].sum())
    return total


def clocked(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work made, and the seconds of a core that it took, whoever else works."""
    began = time.process_time()
    made = work()
    return made, time.process_time() - began


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
