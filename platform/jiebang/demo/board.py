"""What was meant, asked, changed and noted about a challenge while it was on the board."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from jiebang.accounts.models import User
from jiebang.challenges import amendments, questions
from jiebang.challenges.models import Challenge, Question
from jiebang.common import clock
from jiebang.demo.content import Row, money
from jiebang.demo.founding import unit, writer_of
from jiebang.proposals import services as proposals

MONEY = ("bounty", "total_budget")


def said(
    posting: Row, challenge: Callable[[], Challenge], poster: User
) -> Iterator[tuple[float, Callable[[], None]]]:
    """Return each step with its day; the days of the rows count from the opening."""
    opens = posting["opens"]

    def act(do: Callable[[Challenge, Row, User], None], row: Row) -> Callable[[], None]:
        return lambda: do(challenge(), row, poster)

    for row in posting.get("asked", ()):
        yield opens + row["day"], act(_ask, row)
        if "answer" in row:
            yield opens + row["answered"], act(_answer, row)
    for name, do in (
        ("meant", _mean),
        ("amended", _amend),
        ("clarified", _clarify),
        ("met", _meet),
    ):
        for row in posting.get(name, ()):
            yield opens + row["day"], act(do, row)


def _mean(challenge: Challenge, row: Row, _poster: User) -> None:
    lead = unit(row["unit"])
    proposals.intend(challenge=challenge, lead=lead, actor=writer_of(lead), note=row["note"])


def _ask(challenge: Challenge, row: Row, _poster: User) -> None:
    asker = writer_of(unit(row["unit"]))
    questions.ask(challenge=challenge, actor=asker, text=row["text"])


def _answer(challenge: Challenge, row: Row, poster: User) -> None:
    question = Question.objects.get(challenge=challenge, text=row["text"])
    change = _typed(row.get("change", {}))
    questions.answer(
        question=question,
        actor=poster,
        text=row["answer"],
        changes_requirement=bool(change),
        data=change,
    )


def _amend(challenge: Challenge, row: Row, poster: User) -> None:
    data = _typed(row["change"])
    amendments.amend(challenge=challenge, actor=poster, reason=row["reason"], data=data)


def _clarify(challenge: Challenge, row: Row, poster: User) -> None:
    questions.clarify(challenge=challenge, actor=poster, text=row["text"])


def _meet(challenge: Challenge, row: Row, poster: User) -> None:
    questions.note_contact(
        challenge=challenge,
        actor=poster,
        unit=unit(row["unit"]),
        held_on=clock.today() - timedelta(days=1),
        **{name: row[name] for name in ("way", "parties", "outcome", "next_step")},
    )


def _typed(change: Row) -> Row:
    return {name: money(v) if name in MONEY else v for name, v in change.items()}
