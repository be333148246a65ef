"""The bureau's words laid over those that come with the matcher."""

from collections.abc import Iterable
from functools import lru_cache

from jiebang.lexicons import queries
from jiebang.lexicons.queries import Row
from jiebang.lexicons.states import Kind
from matching import Lexicon, shipped


class WordsUnknown(ValueError):
    """No version has these words (any more)."""


def chosen() -> str:
    """Return the digest of the words that everything is to be indexed by; one query."""
    return queries.digest_chosen()


def in_effect() -> Lexicon:
    """Return the lexicon by which everything is indexed now; at most three queries."""
    choice = queries.in_effect()
    return by_digest(choice.version.digest if choice and choice.version else "")


@lru_cache(maxsize=4)  # the matcher keeps what it makes of a lexicon as long as the object lives
def by_digest(digest: str) -> Lexicon:
    """Return the lexicon of a published version; raises WordsUnknown where there is none."""
    rows = queries.rows_by_digest(digest)
    if rows is None:
        raise WordsUnknown(f"no version of the dictionary has the digest {digest}")
    return of(tuple(rows))


@lru_cache(maxsize=4)
def of(rows: tuple[Row, ...]) -> Lexicon:
    """Return the lexicon of these entries; of none, the matcher's own."""
    if not rows:
        return shipped()
    return shipped().changed(
        terms=_words(rows, Kind.TERM),
        variants={row.word: row.canonical for row in rows if row.kind == Kind.SYNONYM},
        stopwords=_words(rows, Kind.STOP),
        without=_words(rows, Kind.OUT),
    )


def _words(rows: Iterable[Row], kind: Kind) -> list[str]:
    return [row.word for row in rows if row.kind == kind]
