"""What the draft of the dictionary would change: how a sentence is cut, which rankings move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jiebang.achievements import queries as achievements
from jiebang.common.errors import NotFound, RuleBroken
from jiebang.lexicons import queries as lexicons
from jiebang.lexicons import wordlists
from jiebang.recommendations import corpus, engine, tuning
from jiebang.recommendations.models import Kind
from jiebang.recommendations.tuning import Values
from matching import Document, Index, Lexicon, asking, phrases, using

TOP = 10
CANDIDATES = 500  # best by the words in effect, which are indexed anew to try the draft on them


@dataclass(frozen=True)
class Cut:
    """A sentence as it is cut now, and as the draft would cut it."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Say whether the draft cuts it otherwise."""
        return self.before != self.after


@dataclass(frozen=True)
class Moved:
    """A result in either top ten; `None` is below it. Scores are what either words give."""

    pk: int
    title: str
    before: int | None
    after: int | None
    score_before: float
    score_after: float

    @property
    def places(self) -> int:
        """Return by how many places it rises; a fall is less than nothing."""
        return (self.before or TOP + 1) - (self.after or TOP + 1)


def cut(sentence: str) -> Cut:
    """Return how the sentence is cut before and after; two to four queries."""
    return Cut(_words(sentence, wordlists.in_effect()), _words(sentence, _draft()))


def rankings(need_id: int) -> list[Moved]:
    """Return the results in the need's top ten before or after, as the draft would have them.

    The draft is tried on the best few hundred results, so it takes no index of everything.
    Raises NotFound where the need takes no part, RuleBroken before there is an index.
    """
    item = next(corpus.SUBJECTS[Kind.NEED].items([need_id]), None)
    if item is None or not item.documents:
        raise NotFound("没有这条需求，或者它不参与匹配", code="not_matched")
    shelf = engine.current(Kind.ACHIEVEMENT)
    if shelf is None:
        raise RuleBroken("成果索引还没有建好，请稍后再试", code="no_index")
    query = item.documents[0]
    by = tuning.current()
    before = _ranked(shelf.index, query, frozenset(shelf.digests), by)
    known = frozenset(sorted(before, key=lambda key: (-before[key], key))[:CANDIDATES])
    tried = _tried(shelf.version, wordlists.of(tuple(lexicons.rows_of(None))), known)
    after = _ranked(tried, query, known, by)
    owned = corpus.owned(Kind.ACHIEVEMENT, [item.owner_id] if item.owner_id else [])
    own = owned.get(item.owner_id or 0, set())
    hidden = {key for key in before if corpus.place(key)[0] in own}
    places = [_places(index, query, hidden, by) for index in (shelf.index, tried)]
    return _moved(before, after, places)


def _moved(
    before: Mapping[str, float], after: Mapping[str, float], places: Sequence[Mapping[str, int]]
) -> list[Moved]:
    keys = {corpus.place(key)[0]: key for found in places for key in found}
    titles = dict(achievements.on_offer().filter(pk__in=keys).values_list("pk", "title"))
    made = [
        Moved(
            row, title, places[0].get(keys[row]), places[1].get(keys[row]),
            before.get(keys[row], 0.0), after.get(keys[row], 0.0),
        )
        for row, title in titles.items()
    ]  # fmt: skip
    return sorted(made, key=lambda each: (each.after or TOP + 1, each.before or TOP + 1, each.pk))


def _places(index: Index, query: Document, hidden: set[str], by: Values) -> dict[str, int]:
    """Return the places of those in the top ten, as the matches themselves are found."""
    with asking(by.shares):
        found = index.search(query, k=TOP, floor=by.floor, without=hidden)
    return {match.key: place for place, match in enumerate(found.matches, 1)}


def _ranked(index: Index, query: Document, keys: frozenset[str], by: Values) -> dict[str, float]:
    with asking(by.shares):
        return engine.scores(index, query, keys)


@lru_cache(maxsize=2)
def _tried(version: str, lexicon: Lexicon, keys: frozenset[str]) -> Index:
    """Return the results with these keys as the lexicon reads them; `version` is the texts'."""
    rows = sorted(corpus.place(key)[0] for key in keys)
    items = corpus.SOUGHT[Kind.ACHIEVEMENT].items(rows)
    return Index.build((each for item in items for each in item.documents), lexicon=lexicon)


def _draft() -> Lexicon:
    return wordlists.of(tuple(lexicons.rows_of(None)))


def _words(sentence: str, lexicon: Lexicon) -> tuple[str, ...]:
    with using(lexicon):
        return tuple(word for phrase in phrases(sentence) for word in phrase)
