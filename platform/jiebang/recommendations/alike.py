"""Who else asks for this: needs of all years, and open challenges, that say nearly the same."""

from dataclasses import dataclass
from typing import Any

from jiebang.accounts.models import User
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.recommendations import corpus, engine, outbox
from jiebang.recommendations.cards import Chip, chips
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.models import Kind
from matching import FLOOR, Match

MOST = 5
SAME = 0.5  # a text that repeats another whole scores about one


@dataclass(frozen=True)
class Alike:
    """A need or challenge that asks for much the same; `same` where it is nearly the same text."""

    kind: str
    object: Any
    title: str
    who: str
    year: int
    score: float
    same: bool
    chips: tuple[Chip, ...]


def to_need(user: User | None, need: TechNeed) -> list[Alike]:
    """Return what others ask that is much the same, nearest first: what this person may see of it.

    Needs of all years that one may read, and open challenges; of a need on the board the
    challenge alone. A fixed number of queries.
    """
    item = next(corpus.SUBJECTS[Kind.NEED].items([need.pk]), None)
    if item is None or not item.documents:
        return []
    posted = _among(Kind.CHALLENGE, challenges.open_now().exclude(need=need), item)
    shown = {each.object.need_id for each in posted}
    readable = library.visible_to(user).exclude(pk__in={need.pk, *shown}) if user else None
    needs = _among(Kind.NEED, readable, item) if readable is not None else []
    return _best([*posted, *needs])


def to_challenge(challenge: Challenge) -> list[Alike]:
    """Return the other open challenges that ask for much the same, by what everybody may read."""
    item = corpus.as_posted(challenge)
    if not item.documents:
        return []
    return _best(_among(Kind.CHALLENGE, challenges.open_now().exclude(pk=challenge.pk), item))


def _among(kind: Kind, rows: Any, item: Item) -> list[Alike]:
    shelf = engine.current(kind)
    if shelf is None:
        outbox.note_all(kind)
        return []
    keys = shelf.keys_of(rows.order_by().values_list("pk", flat=True))
    asked = item.documents[0]
    found = shelf.index.search(asked, k=MOST, floor=FLOOR, only=keys).matches
    things = rows.in_bulk([corpus.place(match.key)[0] for match in found])
    by_row = ((corpus.place(match.key)[0], match) for match in found)
    return [_alike(kind, things[row], match) for row, match in by_row if row in things]


def _alike(kind: Kind, thing: Any, match: Match) -> Alike:
    reasons = [vars(reason) for reason in match.reasons]
    return Alike(
        kind=kind,
        object=thing,
        title=thing.title,
        who=thing.owner_name,
        year=clock.local(thing.created_at).year,
        score=match.score,
        same=match.score >= SAME,
        chips=chips(reasons, match.score),
    )


def _best(found: list[Alike]) -> list[Alike]:
    return sorted(found, key=lambda each: (-each.score, each.kind, each.object.pk))[:MOST]
