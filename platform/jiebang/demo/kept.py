"""What is kept from strangers in the city: files with tiers and reasons, and an early opening."""

import io
from collections.abc import Iterable

from django.db.models import Model

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.demo.content import Row
from jiebang.experts.models import Assignment
from jiebang.experts.states import SeatState
from jiebang.files import queries, services
from jiebang.openings import services as openings
from jiebang.openings.states import Action
from jiebang.papers import word
from jiebang.papers.blocks import Heading, Paper, Paragraph
from jiebang.proposals import policies


def files(thing: Model, actor: User, rows: Iterable[Row]) -> None:
    """Hand in what the rows say, each as a Word file."""
    for row in rows:
        paper = Paper(row["name"], [Heading(row["name"]), Paragraph(row["text"])])
        services.attach(
            thing=thing,
            slot=row["slot"],
            upload=io.BytesIO(word.write(paper)),
            name=f"{row['name']}.docx",
            actor=actor,
            tier=row.get("tier", ""),
            is_confidential="reason" in row,
            reason=row.get("reason", ""),
        )


def read_by_the_panel(challenge: Challenge) -> None:
    """Let every reviewer who signed open the files, as they do before scoring."""
    signed = Assignment.objects.filter(
        seat__challenge=challenge, seat__state__in=(SeatState.UNDERTAKEN, SeatState.DONE)
    )
    for each in signed.select_related("seat__expert__user", "proposal").order_by("pk"):
        reader = each.seat.expert.user
        if not policies.may_open(reader, each.proposal):
            continue  # in a blind call they have to score first
        for file in queries.of(each.proposal):
            services.open_for(thing=each.proposal, attachment=file, reader=reader).stream.close()


def open_early(challenge: Challenge, officer: User, approver: User, reason: str) -> None:
    """Open sealed solutions in an emergency: one proposes, another one agrees."""
    made = openings.propose(challenge=challenge, actor=officer, reason=reason)
    openings.move(opening=made, action=Action.CONFIRM, actor=approver)
