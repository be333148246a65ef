"""`make bench`: the matcher's engine beside those that people would reach for.

All get the same vectors (documents × terms), made up so that terms are as unevenly spread as
words are. Tantivy ranks by its own BM25 over the same terms. One thread each, but for all pairs,
which every engine does as fast as it can. Peers are installed for this alone.

`make bench ARGS="10000 100000"` sets how many documents; a million needs 6 GB and some minutes.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import bm25s
import numpy as np
import tantivy
from scipy import sparse
from sklearn.metrics.pairwise import linear_kernel
from sparse_dot_topn import sp_matmul_topn
from threadpoolctl import threadpool_limits

from matching.rarity import Array, Background
from matching.segments import Segment
from matching.vectors import Asked, Place, Vectors

TERMS, LENGTH, EVENNESS = 100_000, 62, 0.9  # vocabulary, terms a document, Zipf's exponent
SHORT, LONG = 10, 100
TOP, SEED = 10, 0
PASSES = {"ours": 60, "bm25s": 60, "tantivy": 60, "sparse_dot_topn": 20, "linear_kernel": 7}
PAIRS = (10_000, 100_000)
Query = tuple[Array, Array]  # terms and their weights
Ask = Callable[[Query], object]


@dataclass(frozen=True)
class Engine:
    """How to ask one engine, what building it took, its size, and what adding one took."""

    ask: Ask
    build: float  # seconds
    size: float  # bytes
    add: float | None = None  # seconds until the one can be found


class Words:
    """A stream of made-up terms: term n is drawn about 1 / n^0.9 as often as term 1."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(SEED)
        share = np.cumsum(1 / np.arange(1, TERMS + 1) ** EVENNESS)
        self._up_to = share / share[-1]

    def draw(self, count: int) -> Array:
        """Return so many terms."""
        return np.searchsorted(self._up_to, self.random.random(count)).astype(np.int64)

    def query(self, length: int) -> Query:
        """Return a query: its terms in order, and what each weighs."""
        terms = np.unique(self.draw(length))
        return terms, self.random.random(len(terms), dtype=np.float32) + np.float32(0.1)


def main(sizes: Sequence[int]) -> None:
    """Print the tables."""
    for size in sizes:
        words = Words()
        vectors, build = ours(words, size)
        weights = matrix(vectors)
        queries = {
            "短": [words.query(SHORT) for _ in range(60)],
            "长": [words.query(LONG) for _ in range(60)],
        }
        print(f"\n{size:,} 份文档，每份约 {weights.nnz / size:.0f} 个词项；每次取前 {TOP} 项")
        print(f"{'':<18}{'建立 秒':>10}{'字节/份':>10}{'加一份 毫秒':>12}", end="")
        print("".join(f"{f'{name}查询 p50/p99 毫秒':>24}{'倍数':>7}" for name in queries))
        with threadpool_limits(1):
            engines = {"ours": build, **peers(weights)}
            times = {
                name: {
                    kind: timed(engine.ask, asked, PASSES[name]) for kind, asked in queries.items()
                }
                for name, engine in engines.items()
            }
        for name, engine in engines.items():
            added = "" if engine.add is None else f"{engine.add * 1000:.1f}"
            print(f"{name:<18}{engine.build:>10.2f}{engine.size / size:>10.0f}{added:>12}", end="")
            for kind in queries:
                p50, p99 = times[name][kind]
                print(f"{f'{p50:.3f} / {p99:.3f}':>26}{p50 / times['ours'][kind][0]:>8.1f}", end="")
            print()
        for kind, asked in queries.items():
            touched = [float((np.diff(weights.indptr)[terms]).sum()) for terms, _ in asked]
            spent = times["ours"][kind][0] * 1e6 / float(np.median(touched))
            print(f"  {kind}查询每个倒排项 {spent:.2f} 纳秒（共 {np.median(touched):,.0f} 项）")
        agree(engines, weights, queries["长"][:5])
    all_pairs(*PAIRS)


def ours(words: Words, size: int) -> tuple[Vectors, Engine]:
    """Return our index over made-up documents, and what building and adding took."""
    terms = words.draw(size * LENGTH).astype(np.uint64)
    rows = np.repeat(np.arange(size, dtype=np.int32), LENGTH)
    began = time.perf_counter()
    vectors = Vectors([segment(terms, rows, size)], [np.ones(size, bool)], Background())
    _ = vectors.weighed
    build = time.perf_counter() - began
    held = vectors.segments[0]
    bytes_used = held.documents.nbytes + held.codes.nbytes + vectors.weighed.postings[0].nbytes
    one = segment(words.draw(LENGTH).astype(np.uint64), np.zeros(LENGTH, np.int32), 1)
    asked = words.query(SHORT)
    find(vectors, asked)
    began = time.perf_counter()
    more = Vectors([held, one], [*vectors.live, np.ones(1, bool)], Background())
    find(more, asked)
    add = time.perf_counter() - began
    return vectors, Engine(lambda query: find(vectors, query), build, bytes_used, add)


def segment(terms: Array, rows: Array, size: int) -> Segment:
    """Return a segment of documents given as (term, row) pairs; repeats count."""
    pairs, times = np.unique(terms << np.uint64(32) | rows.astype(np.uint64), return_counts=True)
    term, row = pairs >> np.uint64(32), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
    distinct, starts = np.unique(term, return_index=True)
    empty = np.zeros(0, np.uint8)
    return Segment(
        keys=range(size),  # type: ignore[arg-type]
        terms=distinct,
        everyday=np.zeros(len(distinct), np.float32),
        ends=np.append(starts[1:], len(term)).astype(np.int64),
        documents=row,
        codes=np.minimum(times, 63).astype(np.uint8),
        texts=empty,
        offsets=np.zeros(size, np.int64),
    )


def find(vectors: Vectors, query: Query) -> list[tuple[Place, float]]:
    """Return the best rows and their scores, best first."""
    terms, values = query
    return vectors.best(Asked({}, {}, terms.astype(np.uint64), values), TOP)


def matrix(vectors: Vectors) -> sparse.csc_matrix:
    """Return our vectors as a matrix: documents × terms."""
    held = vectors.segments[0]
    width = np.zeros(TERMS + 1, np.int64)
    width[held.terms.astype(np.int64) + 1] = np.diff(held.ends, prepend=0)
    parts = (vectors.weighed.postings[0], held.documents, np.cumsum(width))
    return sparse.csc_matrix(parts, shape=(len(held.keys), TERMS))


def peers(weights: sparse.csc_matrix) -> dict[str, Engine]:
    """Return the other engines, over the same vectors."""
    size = weights.shape[0]
    rows, build_rows = clocked(weights.tocsr)
    across, build_across = clocked(lambda: narrow(rows.T.tocsr()))
    scored, build_scored = clocked(lambda: bm25(weights))
    lucene, build_lucene, lucene_size, lucene_add = tantivy_of(rows)
    nbytes = rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes

    def dense(query: Query) -> Array:
        found = linear_kernel(row_of(query), rows).ravel()
        return np.argsort(-found)[:TOP]

    def add_to_rows() -> object:
        return sparse.vstack([rows, rows[:1]], format="csr")

    engines = {
        "bm25s": Engine(
            lambda q: scored.retrieve([q[0].tolist()], k=TOP, show_progress=False, n_threads=1),
            build_scored,
            nbytes,
        ),
        "tantivy": Engine(lucene, build_lucene, lucene_size, lucene_add),
        "sparse_dot_topn": Engine(
            lambda q: sp_matmul_topn(row_of(q), across, top_n=TOP), build_across, nbytes
        ),
        "linear_kernel": Engine(dense, build_rows, nbytes, clocked(add_to_rows)[1]),
    }
    return engines if size >= TOP else {}


def bm25(weights: sparse.csc_matrix) -> bm25s.BM25:
    """Return bm25s over our weights; it sums those of the query's terms as they are."""
    made = bm25s.BM25(backend="numba")
    made.scores = {
        "data": weights.data.astype(np.float32),
        "indices": weights.indices.astype(np.int32),
        "indptr": weights.indptr.astype(np.int64),
        "num_docs": weights.shape[0],
    }
    made.vocab_dict = {str(term): term for term in range(TERMS)}
    made.unique_token_ids_set = set(range(TERMS))
    made.nonoccurrence_array = None
    return made


def tantivy_of(rows: sparse.csr_matrix) -> tuple[Ask, float, float, float]:
    """Return how to ask tantivy, its seconds to build, its bytes, and its seconds to add one."""
    schema = tantivy.SchemaBuilder().add_text_field("t", tokenizer_name="whitespace").build()
    folder = Path(tempfile.mkdtemp(prefix="jiebang-bench-"))
    try:
        index = tantivy.Index(schema, path=str(folder))
        writer = index.writer(heap_size=500_000_000, num_threads=1)

        def text(row: int) -> str:
            return " ".join(map(str, rows.indices[rows.indptr[row] : rows.indptr[row + 1]]))

        def build() -> None:
            for row in range(rows.shape[0]):
                writer.add_document(tantivy.Document(t=text(row)))
            writer.commit()
            index.reload()

        def add() -> None:
            writer.add_document(tantivy.Document(t=text(0)))
            writer.commit()
            index.reload()

        built, added = clocked(build)[1], clocked(add)[1]
        size = float(sum(path.stat().st_size for path in folder.iterdir()))
        searcher = index.searcher()
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the maps stay open

    def ask(query: Query) -> object:
        wanted = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "t", str(term)))
                for term in query[0].tolist()
            ]
        )
        return searcher.search(wanted, TOP, count=False).hits

    return ask, built, size, added


def row_of(query: Query) -> sparse.csr_matrix:
    """Return a query as a matrix of one row."""
    terms, values = query
    return narrow(sparse.csr_matrix((values, terms, [0, len(terms)]), shape=(1, TERMS)))


def agree(engines: dict[str, Engine], weights: sparse.csc_matrix, queries: Sequence[Query]) -> None:
    """Stop if our answers are not exactly those of the matrix product."""
    for query in queries:
        exact = np.asarray((weights @ row_of(query).T).todense()).ravel()
        found = engines["ours"].ask(query)
        best = np.sort(exact)[::-1][:TOP]
        if not np.allclose([score for _, score in found], best, rtol=1e-4):  # type: ignore[attr-defined]
            sys.exit("ours is not exact")


def all_pairs(queries: int, documents: int) -> None:
    """Print what it takes to match every need with every result."""
    words = Words()
    vectors, _ = ours(words, documents)
    weights = matrix(vectors)
    rows, across = weights.tocsr(), narrow(weights.T.tocsr())
    asked = [words.query(LENGTH) for _ in range(queries)]
    together = narrow(sparse.vstack([row_of(query) for query in asked], format="csr"))

    def mine(part: sparse.csr_matrix) -> None:
        ends = part.indptr.tolist()
        asked = [(part.indices[at:to], part.data[at:to]) for at, to in pairwise(ends)]
        # By processes, as the platform's workers do it; what they find comes back.
        with get_context("fork").Pool(2, _hold, (vectors,)) as pool:
            pool.map(_find, asked, chunksize=100)

    def chunked(part: sparse.csr_matrix) -> None:
        for start in range(0, part.shape[0], 256):
            found = linear_kernel(part[start : start + 256], rows)
            np.argpartition(-found, TOP, axis=1)

    mine(together[:2])  # compiled before the clock runs
    ways = {
        "ours": (mine, 1),
        "sparse_dot_topn": (lambda p: sp_matmul_topn(p, across, top_n=TOP, n_threads=2), 1),
        "linear_kernel": (chunked, 10),
    }
    print(f"\n全部配对：{queries:,} × {documents:,}，各取前 {TOP} 项")
    spent = {}
    for name, (way, share) in ways.items():
        spent[name] = clocked(lambda w=way, s=share: w(together[: queries // s]))[1] * share
        ratio = spent[name] / spent["ours"]
        note = f"（按 {queries // share:,} 项推算）" if share > 1 else ""
        print(f"{name:<18}{spent[name]:>10.1f} 秒{ratio:>8.1f} 倍{note}")


_held: list[Vectors] = []


def _hold(vectors: Vectors) -> None:
    _held[:] = [vectors]


def _find(query: Query) -> list[tuple[Place, float]]:
    return find(_held[0], query)


def narrow(made: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the matrix with numbers of 32 bits: sparse_dot_topn wants all of one width."""
    made.indices, made.indptr = made.indices.astype(np.int32), made.indptr.astype(np.int32)
    made.data = made.data.astype(np.float32)
    return made


def timed(ask: Ask, queries: Sequence[Query], passes: int) -> tuple[float, float]:
    """Return the middle and the 99th percentile of the milliseconds of one query."""
    ask(queries[0])
    spent = [clocked(lambda q=query: ask(q))[1] * 1000 for query in queries[:passes]]
    return float(np.median(spent)), float(np.quantile(spent, 0.99))


def clocked(work: Callable[[], object]) -> tuple[object, float]:
    """Return what some work made, and its seconds."""
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
