"""Hears what happens, and tells those whom it concerns, in the transaction of what happened."""

from typing import Any

from django.db.models import Model
from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.audit import queries as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.signals import challenge_moved
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import MilestoneState
from jiebang.contracts.states import State as ContractState
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.signals import appraisers_asked, need_changed
from jiebang.library.states import State as NeedState
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.organizations.signals import organization_changed
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.models import Proposal
from jiebang.proposals.queries import bidders_of
from jiebang.proposals.signals import proposal_moved
from jiebang.proposals.states import State as BidState

# What the owner of a need is told when it comes to a state.
OF_A_NEED = {
    NeedState.RETURNED: "需求被退回修改",
    NeedState.REJECTED: "需求未予入库",
    NeedState.IN_LIBRARY: "需求已入库",
    NeedState.POSTED: "需求已安排张榜",
    NeedState.LAPSED: "需求入库有效期已满",
}
OF_A_UNIT = {
    UnitState.VERIFIED: "单位已通过核验",
    UnitState.RETURNED: "单位信息需要补正",
    UnitState.SUSPENDED: "单位已停用",
}
OF_A_BID = {
    BidState.SUBMITTED: "揭榜书已提交，回执已生成",
    BidState.WITHDRAWN: "揭榜书已撤回",
    BidState.AWARDED: "揭榜书中榜",
    BidState.NOT_AWARDED: "揭榜书未中榜",
}
OF_A_CONTRACT = {
    ContractState.SIGNING: "合同待签署",
    ContractState.RUNNING: "合同已生效",
    ContractState.ACCEPTED: "合同已验收",
    ContractState.CONCLUDED: "合同已结题",
    ContractState.FAILED: "合同未通过验收",
    ContractState.TERMINATED: "合同已终止",
    ContractState.REVOKED: "合同已撤销",
}


OF_A_MILESTONE = {
    MilestoneState.REPORTED: "里程碑进展待确认",
    MilestoneState.RETURNED: "里程碑进展被退回",
    MilestoneState.RECTIFYING: "里程碑须限期整改",
    MilestoneState.CONFIRMED: "里程碑已确认",
}


@receiver(need_changed)
def tell_of_need(need_id: int, state: str, **_: Any) -> None:
    """Tell the owner what became of it, and whoever has to handle it next."""
    need = TechNeed.objects.select_related("owner__district").get(pk=need_id)
    said: dict[str, Any] = {"kind": Kind.NEED, "link": reverse("web:need", args=[need_id])}
    if subject := OF_A_NEED.get(NeedState(state)):
        about, note = _event(need)
        people = units.people_of(need.owner_id)
        tell(people=people, subject=f"{subject}：{need.title}", text=note, about=about, **said)
    elif state == NeedState.SUBMITTED and need.owner and need.owner.district:
        people = accounts.holding(PlatformRole.ENDORSER, scope=need.owner.district.code)
        tell(people=people, subject=f"需求待推荐：{need.title}", about=_event(need)[0], **said)
    elif state == NeedState.ENDORSED and need.owner_id:  # a gathered one came by the hundred
        people = accounts.holding(PlatformRole.OFFICER)
        tell(people=people, subject=f"需求待形式审查：{need.title}", about=_event(need)[0], **said)


@receiver(appraisers_asked)
def tell_of_appraisals(appraisals: list[int], **_: Any) -> None:
    """Tell each expert which need to appraise, and until when."""
    for row in Appraisal.objects.filter(pk__in=appraisals).select_related("expert", "need"):
        tell(
            people=[row.expert],
            kind=Kind.REVIEW,
            subject=f"请论证需求：{row.need.title}",
            link=reverse("web:expert-appraisal", args=[row.pk]),
            due=row.due_at,
            about=f"appraisal:{row.pk}",
        )


@receiver(organization_changed)
def tell_of_unit(organization_id: int, **_: Any) -> None:
    """Tell a unit's heads what became of its registration, and the bureau that one waits."""
    unit = Organization.objects.get(pk=organization_id)
    about, note = _event(unit)
    said: dict[str, Any] = {"kind": Kind.UNIT, "about": about}
    if unit.state == UnitState.PENDING:
        link = reverse("web:officer-unit", args=[unit.pk])
        people = accounts.holding(PlatformRole.OFFICER)
        tell(people=people, subject=f"单位待核验：{unit.name}", link=link, **said)
    elif subject := OF_A_UNIT.get(UnitState(unit.state)):
        link = reverse("web:unit-members", args=[unit.pk])
        people = units.people_of(unit.pk, writing=False)
        tell(people=people, subject=f"{subject}：{unit.name}", text=note, link=link, **said)


@receiver(challenge_moved)
def tell_of_challenge(challenge_id: int, state: str, **_: Any) -> None:
    """Tell poster, bidders or the bureau, whomever the new state concerns.

    Units that it suits are told once the matcher has found them (`suited`).
    """
    challenge = Challenge.objects.select_related("need").get(pk=challenge_id)
    said: dict[str, Any] = {
        "kind": Kind.CHALLENGE,
        "link": reverse("web:challenge", args=[challenge_id]),
        "about": f"challenge:{challenge_id}:{state}",
    }
    title, owner = challenge.title, challenge.need.owner_id
    posters = units.people_of(owner)
    match state:
        case ChallengeState.OPEN:
            until = _until(challenge)
            tell(people=posters, subject=f"榜题已张榜：{title}", text=until, **said)
        case ChallengeState.CLOSED:
            bureau = accounts.holding(PlatformRole.OFFICER, PlatformRole.APPROVER)
            link = reverse("web:officer-award", args=[challenge_id])
            subject = f"榜题已截止揭榜：{title}"
            tell(people=bureau, subject=subject, **{**said, "link": link})
            tell(people=posters, subject=subject, **said)
        case ChallengeState.WITHDRAWN | ChallengeState.FAILED:
            people = units.people_of(*bidders_of(challenge), owner)
            label = ChallengeState(state).label
            tell(people=people, subject=f"榜题{label}：{title}", text=_event(challenge)[1], **said)


@receiver(proposal_moved)
def tell_of_proposal(proposal_id: int, state: str, **_: Any) -> None:
    """Tell the bidder and its partners, and nobody else: who bids is sealed."""
    if subject := OF_A_BID.get(BidState(state)):
        bid = Proposal.objects.select_related("challenge").get(pk=proposal_id)
        partners = bid.parties.values_list("unit", flat=True)
        tell(
            people=units.people_of(bid.lead_id, *partners),
            kind=Kind.PROPOSAL,
            subject=f"{subject}：{bid.challenge.title}",
            text=f"编号 {bid.number}，第 {bid.version} 版" if bid.version else "",
            link=reverse("web:proposal", args=[bid.pk]),
            about=_event(bid)[0],
        )


@receiver(contract_moved)
def tell_of_contract(contract_id: int, state: str, **_: Any) -> None:
    """Tell both parties where their contract and its milestones stand."""
    for stone in Milestone.objects.filter(
        contract=contract_id, state__in=OF_A_MILESTONE
    ).select_related("contract"):
        _tell_of_milestone(stone)
    if subject := OF_A_CONTRACT.get(ContractState(state)):
        contract = Contract.objects.get(pk=contract_id)
        tell(
            people=units.people_of(contract.poster_id, contract.solver_id),
            kind=Kind.CONTRACT,
            subject=f"{subject}：{contract.title}",
            link=reverse("web:contract", args=[contract_id]),
            about=_event(contract)[0],
        )


def _tell_of_milestone(stone: Milestone) -> None:
    """Tell the side that has to act on it next, or that it is confirmed."""
    contract, (about, note) = stone.contract, _event(stone)
    reported = stone.state == MilestoneState.REPORTED
    tell(
        people=units.people_of(contract.poster_id if reported else contract.solver_id),
        kind=Kind.CONTRACT,
        subject=f"{OF_A_MILESTONE[MilestoneState(stone.state)]}：{contract.title}（{stone.title}）",
        text=note,
        link=reverse("web:contract", args=[contract.pk]),
        about=about,
    )


def _event(thing: Model) -> tuple[str, str]:
    """Return a name for the step that brought the thing where it is, and the reason given."""
    entry = audit.history(thing).exclude(went_to="").last()
    name = f"{thing._meta.label_lower}:{thing.pk}:{entry.pk if entry else 0}"
    return name, entry.note if entry else ""


def _until(challenge: Challenge) -> str:
    end = clock.local(challenge.closes_at)
    return f"揭榜截止时间：{end.year}年{end.month}月{end.day}日 {end:%H:%M}"
