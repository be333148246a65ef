"""Being late by permission: one of the bureau proposes it for one unit, another decides."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.organizations.models import Organization
from jiebang.proposals import policies
from jiebang.proposals.models import LatePermission
from jiebang.proposals.signals import late_moved


@transaction.atomic
def propose(
    *, challenge: Challenge, unit: Organization, actor: User, reason: str, until: datetime
) -> LatePermission:
    """Ask that this unit may hand in after closing, until then and not a moment longer."""
    policies.may_propose_late(actor, challenge, unit).enforce()
    standing = challenge.state_now
    if standing not in (ChallengeState.OPEN, ChallengeState.CLOSED):
        label = ChallengeState(standing).label
        raise RuleBroken(f"榜题“{label}”，不能再批准逾期提交", code="too_late_to_be_late")
    permission = LatePermission(
        challenge=challenge,
        unit=unit,
        reason=reason.strip(),
        until=until,
        proposed_by=actor,
        created_at=clock.now(),
    )
    faults: dict[str, list[str]] = {}
    try:
        permission.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        faults = error.message_dict
    if "until" not in faults and until <= max(clock.now(), challenge.closes_at):
        faults["until"] = ["须晚于现在，也须晚于揭榜截止时间"]
    if faults:
        raise Invalid("有内容需要修改，请按提示处理", fields=faults)
    try:
        with transaction.atomic():
            permission.save()
    except IntegrityError as error:
        sentence = "已有一份待复核或已批准的逾期许可"
        raise Conflict(f"{unit.name}{sentence}", code="late_already") from error
    audit.record(
        actor=actor,
        thing=permission,
        action="propose",
        label="提出逾期许可",
        went_to=permission.state,
        note=permission.reason,
    )
    _tell(permission)
    return permission


@transaction.atomic
def decide(*, permission: LatePermission, action: str, actor: User, note: str = "") -> None:
    """Grant or refuse it; never the one who proposed it."""
    policies.may_decide_late(actor, action, permission).enforce()
    also = {"decided_by_id": actor.pk, "decided_at": clock.now()}
    audit.advance(thing=permission, action=action, actor=actor, note=note, also=also)
    _tell(permission)


def _tell(permission: LatePermission) -> None:
    late_moved.send(LatePermission, permission_id=permission.pk, state=permission.state)
