"""Due diligence and visits: what the bureau found out about a solution, beside the scores."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards import policies
from jiebang.awards.models import Decision, Inquiry
from jiebang.awards.states import LIVE
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal


@transaction.atomic
def note(*, proposal: Proposal, actor: User, data: Mapping[str, Any]) -> Inquiry:
    """Put an inquiry on the record, before a decision is proposed; it is never changed.

    Raises RuleBroken once there is a decision, Invalid with a sentence for each fault.
    """
    policies.may_inquire(actor, proposal).enforce()
    challenge = proposal.challenge
    decided = challenge.state_now != ChallengeState.CLOSED
    if decided or Decision.objects.filter(challenge=challenge, state__in=LIVE).exists():
        raise RuleBroken("定榜建议已经提出或已经定榜，不能再登记核查", code="decision_under_way")
    if proposal.state not in proposals.HANDED_IN:
        raise RuleBroken("这份揭榜书没有提交，不能登记核查", code="not_submitted")
    made = Inquiry(proposal=proposal, noted_by=actor, **data)
    faults: dict[str, list[str]] = {}
    try:
        made.clean_fields(exclude=["proposal", "noted_by"])
    except ValidationError as error:
        faults |= error.message_dict
    if "held_on" not in faults and made.held_on > clock.today():
        faults["held_on"] = ["日期不能晚于今天，核查完成后再登记"]
    if faults:
        raise Invalid("核查记录需要修改", code="inquiry_invalid", fields=faults)
    made.save(force_insert=True)
    audit.record(actor=actor, thing=made, action="inquire", label=made.get_kind_display())
    return made
