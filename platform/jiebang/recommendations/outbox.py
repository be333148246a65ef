"""Writing down what a change makes necessary. Loads no matcher, for everybody who saves is here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jiebang.accounts.models import User
from jiebang.jobs import services as jobs
from jiebang.recommendations.models import Kind

REWORD = "recommendations.reword"
MEASURES = {
    Kind.NEED: "条",
    Kind.CHALLENGE: "个",
    Kind.ACHIEVEMENT: "项",
    Kind.ORGANIZATION: "家",
    Kind.PROPOSAL: "组",
}
EVERYTHING = "重新匹配全部需求"
_bulk: ContextVar[set[Kind] | None] = ContextVar("bulk", default=None)


def note(kind: Kind, row_id: int) -> None:
    """Queue what a change of this row makes necessary, in the transaction of the change.

    Of solutions, the row is the challenge that they are for.
    """
    gathered = _bulk.get()
    if gathered is not None:
        gathered.add(kind)
        return
    jobs.enqueue(
        name="recommendations.match",
        key=f"{kind}:{row_id}",
        title=f"更新一{MEASURES[kind]}{kind.label}的匹配",
        kind=str(kind),
        row_id=row_id,
    )


def note_all(kind: Kind) -> None:
    """Queue the renewal of this kind's index, and of every answer that it changes."""
    jobs.enqueue(
        name="recommendations.refresh", key=str(kind), title=f"更新{kind.label}匹配", kind=str(kind)
    )


def note_everything() -> None:
    """Queue the check of every index and every answer."""
    jobs.enqueue(name="recommendations.refresh_all", key="all", title=EVERYTHING)


def note_words(choice_id: int, owner: User) -> None:
    """Queue that everything is read by the chosen words."""
    jobs.enqueue(
        name=REWORD, key=str(choice_id), title="按新词典重建索引", owner=owner, choice_id=choice_id
    )


@contextmanager
def in_bulk() -> Iterator[None]:
    """Let many rows change for one job a kind. Stands inside the transaction of the changes."""
    kinds: set[Kind] = set()
    token = _bulk.set(kinds)
    try:
        yield
    finally:
        _bulk.reset(token)
    for kind in sorted(kinds):
        note_all(kind)
