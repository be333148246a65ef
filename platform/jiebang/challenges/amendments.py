"""Changing what is asked after opening: in public, with a reason and more time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.calendars import queries as calendars
from jiebang.challenges import policies, services
from jiebang.challenges.models import Amendment, Challenge
from jiebang.challenges.signals import challenge_amended
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.common.errors import Invalid, Stale, WrongState
from jiebang.library import queries as library
from jiebang.library import services as needs
from jiebang.library import snapshots
from jiebang.library.states import RuleCode

# What may change while it is on the board; the title and who may read it stay.
AMENDABLE = (
    "main_problem", "key_technology", "expected_goal", "deliverables", "solver_conditions",
    "ip_terms", "total_budget", "bounty", "term_months",
)  # fmt: skip
EXTENSION_DAYS = 3  # where the call does not say


@transaction.atomic
def amend(
    *,
    challenge: Challenge,
    actor: User,
    reason: str,
    data: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]] | None = None,
) -> Amendment:
    """Publish a change of an open challenge; its deadline moves by the call's working days.

    `data` are new values of `AMENDABLE` columns, `indicators` all rows in their order. Raises
    Invalid where nothing changes or the reason is missing.
    """
    policies.may_speak_for(actor, challenge).enforce()
    services.settle(challenge=challenge)
    if challenge.state != State.OPEN:
        raise WrongState(f"当前状态为“{challenge.state_label}”，只有揭榜中的榜题可以发布变更")
    if not reason.strip():
        sentence = "请写明变更理由，发布后所有人可见"
        raise Invalid(sentence, code="reason_required", fields={"reason": [sentence]})
    if unknown := sorted(set(data) - set(AMENDABLE)):
        raise Invalid("张榜后这些栏目不能变更", code="not_amendable", fields={
            name: ["张榜后不能变更"] for name in unknown
        })  # fmt: skip
    need = challenge.need
    before = snapshots.take(need)
    closed_before = challenge.closes_at
    closes_at = extended(challenge)
    after = needs.amend(need=need, actor=actor, data=data, indicators=indicators).content
    if not snapshots.differences(before, after):
        raise Invalid("内容与现在的相同，没有需要发布的变更", code="nothing_changed")
    columns = {
        "bounty": need.bounty,
        "search_text": services.search_text(need),
        "closes_at": closes_at,
    }
    standing = Challenge.objects.filter(pk=challenge.pk, state=State.OPEN, closes_at=closed_before)
    if not standing.update(**columns):
        raise Stale("刚刚有人先发布了变更，请刷新后再看")
    for name, value in columns.items():
        setattr(challenge, name, value)
    made = Amendment.objects.create(
        challenge=challenge,
        number=challenge.amendments.count() + 1,
        reason=reason.strip(),
        before=before,
        after=after,
        closed_before=closed_before,
        closes_at=closes_at,
        made_by=actor,
    )
    number = f"第 {made.number} 次变更"
    audit.record(actor=actor, thing=made, action="amend", label="发布变更公告", note=made.reason)
    audit.record(actor=actor, thing=challenge, action="amend", label=number, note=made.reason)
    challenge_amended.send(Amendment, amendment_id=made.pk)
    return made


def extended(challenge: Challenge) -> datetime:
    """Return the deadline that an amendment made now sets: as many working days later."""
    rules = library.rules_of(challenge.call)
    days = int(rules.get(RuleCode.AMENDMENT_EXTENSION_DAYS, EXTENSION_DAYS))
    end = clock.local(challenge.closes_at)
    return datetime.combine(calendars.add_working_days(end.date(), days), end.timetz())
