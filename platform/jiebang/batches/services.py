"""Doing one thing with many rows."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.batches.deeds import DEEDS, Code, Given
from jiebang.common.errors import DomainError, Invalid, NotFound

MOST = 100  # rows at once: as many as a page can show


class Refused(NamedTuple):
    """A row with which it could not be done, and why."""

    pk: int
    name: str
    code: str
    sentence: str


class Outcome(NamedTuple):
    """What became of every row: the keys of those that are done, and the refusals."""

    done: list[int]
    refused: list[Refused]


def run(*, code: str, actor: User, chosen: Collection[int], given: Given) -> Outcome:
    """Do it with each of the rows by itself: a refusal changes nothing and holds no other back.

    Raises NotFound for a deed that there is not, NotAllowed for whom none of its rows concern,
    Invalid for too many rows. A row that the actor may not know of is refused as not found.
    """
    if code not in DEEDS:
        raise NotFound("没有这项批量操作")
    deed, keys = DEEDS[code], sorted(set(chosen))
    actor.needs_role(deed.role)
    if len(keys) > MOST:
        raise Invalid(f"一次最多办理 {MOST} 项，请分次办理", code="too_many_rows")
    found = {thing.pk: thing for thing in deed.things(actor).filter(pk__in=keys)}
    done, refused = [], []
    for key in keys:
        thing = found.get(key)
        try:
            if thing is None:
                raise NotFound("没有这一项，或者您无权查看")
            with transaction.atomic():
                deed.act(thing, actor, given)
        except DomainError as refusal:
            name = str(thing) if thing is not None else f"第 {key} 号"
            refused.append(Refused(key, name, refusal.code, str(refusal)))
        else:
            done.append(key)
    return Outcome(done, refused)


def label_of(code: str) -> str:
    """Return the deed's name."""
    return str(Code(code).label)
