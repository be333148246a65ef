"""What can be done with many rows at once, with which rows, by whom, and what else is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.batches import reminding
from jiebang.challenges import queries as challenges
from jiebang.challenges import services as posting
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.common.errors import Invalid, NotFound, RuleBroken
from jiebang.contracts import queries as contracts
from jiebang.experts import queries as experts
from jiebang.experts import seats
from jiebang.experts.models import Expert
from jiebang.library import queries as needs
from jiebang.library import screening
from jiebang.library.models import TechNeed
from jiebang.library.states import Action as NeedAction
from jiebang.organizations import queries as units
from jiebang.organizations import services as verifying
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Action as UnitAction
from jiebang.recommendations import alike


class Code(models.TextChoices):
    """The deeds by their words in addresses."""

    VERIFY_UNITS = "verify-units", "核验通过"
    ENDORSE_NEEDS = "endorse-needs", "推荐"
    CHECK_NEEDS = "check-needs", "形式审查通过"
    RETURN_NEEDS = "return-needs", "退回修改"
    ADMIT_NEEDS = "admit-needs", "批准入库"
    POST_NEEDS = "post-needs", "张榜"
    FAIL_CHALLENGES = "fail-challenges", "宣布流标"
    INVITE_EXPERTS = "invite-experts", "邀请评审"
    REMIND_EXPERTS = "remind-experts", "催办专家"
    REMIND_CONTRACTS = "remind-contracts", "催办里程碑"


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed for all rows: a reason or opinion, times, the challenge that it is about."""

    note: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    challenge: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: who may come with it at all, the rows they may name, and the act on one of them.

    `asks` are the fields of `Given` that it wants. The fine rules are asked row by row.
    """

    role: PlatformRole
    things: Callable[[User], QuerySet[Any]]
    act: Callable[[Any, User, Given], object]
    asks: tuple[str, ...] = ("note",)


def _screen(action: NeedAction) -> Callable[[TechNeed, User, Given], object]:
    def act(need: TechNeed, actor: User, given: Given) -> object:
        return screening.move(need=need, action=action, actor=actor, note=given.note)

    return act


def _verify(unit: Organization, actor: User, given: Given) -> object:
    return verifying.move(organization=unit, action=UnitAction.VERIFY, actor=actor, note=given.note)


def _post(need: TechNeed, actor: User, given: Given) -> object:
    """Post a need with the same times; one that is nearly another's is looked at by itself."""
    if given.opens_at is None or given.closes_at is None:
        said = "请填写张榜时间和揭榜截止时间"
        raise Invalid(said, fields={"opens_at": [said], "closes_at": [said]})
    if same := [each for each in alike.to_need(actor, need) if each.same]:
        raise RuleBroken(
            f"与“{same[0].title}”（{same[0].year} 年，{same[0].who}）内容相近，"
            "请逐项核对后单独张榜",
            code="alike_first",
        )
    return posting.post(need=need, actor=actor, opens_at=given.opens_at, closes_at=given.closes_at)


def _fail(challenge: Challenge, actor: User, given: Given) -> object:
    return posting.move(
        challenge=challenge, action=ChallengeAction.FAIL, actor=actor, note=given.note
    )


def _invite(expert: Expert, actor: User, given: Given) -> object:
    asked = given.challenge or 0
    challenge = challenges.visible_to(actor).filter(pk=asked).first()
    if challenge is None:
        raise NotFound("没有这个榜题，或者您无权查看")
    return seats.invite(expert=expert, challenge=challenge, actor=actor)


OFFICER = PlatformRole.OFFICER
DEEDS: Mapping[str, Deed] = {
    Code.VERIFY_UNITS: Deed(OFFICER, units.visible_to, _verify),
    Code.ENDORSE_NEEDS: Deed(PlatformRole.ENDORSER, needs.to_endorse, _screen(NeedAction.ENDORSE)),
    Code.CHECK_NEEDS: Deed(OFFICER, needs.visible_to, _screen(NeedAction.PASS_CHECK)),
    Code.RETURN_NEEDS: Deed(OFFICER, needs.visible_to, _screen(NeedAction.RETURN)),
    Code.ADMIT_NEEDS: Deed(PlatformRole.APPROVER, needs.visible_to, _screen(NeedAction.ADMIT)),
    Code.POST_NEEDS: Deed(OFFICER, needs.visible_to, _post, ("opens_at", "closes_at")),
    Code.FAIL_CHALLENGES: Deed(OFFICER, challenges.visible_to, _fail),
    Code.INVITE_EXPERTS: Deed(OFFICER, experts.visible_to, _invite, ("challenge",)),
    Code.REMIND_EXPERTS: Deed(OFFICER, experts.seats_visible_to, reminding.expert),
    Code.REMIND_CONTRACTS: Deed(OFFICER, contracts.visible_to, reminding.contract),
}
