"""What waits for a person, from every desk, the most pressing first."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit.models import Entry
from jiebang.awards import queries as awards
from jiebang.awards.models import Decision
from jiebang.awards.states import DecisionState
from jiebang.commissions import queries as commissions
from jiebang.common import clock
from jiebang.common.dates import is_over
from jiebang.contracts import policies as contract_policies
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import ChangeRequest, Contract, Payment
from jiebang.contracts.states import (
    CheckpointState,
    PaymentState,
    RequestState,
    SettlementState,
    Side,
)
from jiebang.contracts.states import State as ContractState
from jiebang.desks import acceptance as acceptances
from jiebang.desks import commissions as proposed
from jiebang.desks.items import Todo
from jiebang.experts import queries as experts
from jiebang.experts.states import SeatState
from jiebang.integrity import queries as integrity
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from jiebang.openings import queries as openings
from jiebang.organizations import queries as units
from jiebang.organizations.states import MemberRole
from jiebang.organizations.states import State as UnitState
from jiebang.proposals import queries as proposals
from jiebang.proposals.states import State as BidState

SEAT_VERBS: dict[str, str] = {
    SeatState.INVITED: "答复评审邀请",
    SeatState.ACCEPTED: "签署评审承诺",
    SeatState.UNDERTAKEN: "评审揭榜书",
}
SOON = 7  # days
DECISION_VERBS: dict[str, str] = {
    DecisionState.PROPOSED: "审批定榜建议",
    DecisionState.APPROVED: "登记集体审议",
    DecisionState.RETURNED: "修改定榜建议",
}
MOST = 50  # of one kind; the lists themselves show all


def todo_of(user: User) -> list[Todo]:
    """Return everything that waits for this person: overdue first, then by date, then the rest."""
    found = [*_of_my_units(user), *_of_my_roles(user), *acceptances.of(user)]
    return sorted(found, key=lambda item: _moment(item.due))


def by_urgency(items: list[Todo]) -> list[tuple[str, list[Todo]]]:
    """Return the items in named groups: late, due soon, the rest; empty ones are left out."""
    soon = (clock.today() + timedelta(days=SOON)).isoformat()
    groups: dict[str, list[Todo]] = {"已逾期": [], f"{SOON} 天内到期": [], "其他待办": []}
    late, near, rest = groups.values()
    for item in items:
        if is_over(item.due):
            late.append(item)
        else:
            (near if _moment(item.due) <= soon else rest).append(item)
    return [(name, group) for name, group in groups.items() if group]


def done_by(user: User) -> QuerySet[Entry]:
    """Return what this person did, the newest first; mere savings are left out."""
    return Entry.objects.filter(actor=user).exclude(action__in=("save", "write")).order_by("-pk")


def _moment(due: date | datetime | None) -> str:
    if due is None:
        return "9999"
    day = clock.local(due).date() if isinstance(due, datetime) else due
    return day.isoformat()


def _of_my_units(user: User) -> list[Todo]:
    roles = units.roles_of(user)
    if not roles:
        return []
    own = units.units_of(user).filter(state=UnitState.RETURNED)
    found = [
        Todo("补正单位信息", unit.name, reverse("web:unit-members", args=[unit.pk]), unit.number)
        for unit in own
        if roles[unit.pk] == MemberRole.ADMINISTRATOR
    ]
    found += [
        Todo(
            "修改后重报" if need.state == NeedState.RETURNED else "继续填报",
            need.title,
            reverse("web:need", args=[need.pk]),
            need.number,
            need.owner_name,
        )
        for need in library.to_edit(user)[:MOST]
    ]
    found += _bidding(user, roles)
    found += [
        Todo("签署合同", c.title, _contract(c.pk), c.number, c.solver.name)
        for c in contracts.to_sign(user)[:MOST]
    ]
    writers = [pk for pk, role in roles.items() if role != MemberRole.VIEWER]
    to_write = Contract.objects.filter(poster__in=writers, state=ContractState.DRAFTING)
    found += [
        Todo("拟定合同", c.title, _contract(c.pk), c.number, c.solver.name)
        for c in to_write.select_related("solver")[:MOST]
    ]
    found += [
        Todo(
            "整改后提交进展" if m.rectify_by else "提交进展",
            f"{m.contract.title}：{m.title}",
            _contract(m.contract_id),
            due=m.deadline,
        )
        for m in contracts.to_report(user)[:MOST]
    ]
    found += [
        Todo("确认进展", f"{m.contract.title}：{m.title}", _contract(m.contract_id), due=m.due_on)
        for m in contracts.to_judge(user)[:MOST]
    ]
    found += [_request("答复申请", row) for row in contracts.requests_to_agree(user)[:MOST]]
    return found


def _for_approvers(user: User) -> list[Todo]:
    """Return what of running and ended contracts waits for a second person's decision."""
    asked = contracts.requests_in(RequestState.AGREED).exclude(asked_by=user)
    found = [_request("审定申请", row) for row in asked[:MOST]]
    found += [
        Todo("核定结算", s.contract.title, _contract(s.contract_id), s.contract.number)
        for s in contracts.settlements_in(SettlementState.PROPOSED).exclude(proposed_by=user)[:MOST]
    ]
    found += [
        Todo("决定赛马去留", str(c), reverse("web:race", args=[c.race_id]))
        for c in contracts.checkpoints_in(CheckpointState.RANKED).exclude(ranked_by=user)[:MOST]
    ]
    return found


def _for_officers() -> list[Todo]:
    """Return what of running and ended contracts waits for an officer."""
    found = [
        Todo("安排专家检查", f"{m.contract.title}：{m.title}", _contract(m.contract_id))
        for m in contracts.to_arrange_check()[:MOST]
    ]
    found += [
        Todo("办理结算", c.title, _contract(c.pk), c.number, c.solver.name)
        for c in contracts.to_settle_up()[:MOST]
    ]
    found += [
        Todo("登记赛马名次", str(c), reverse("web:race", args=[c.race_id]), due=c.due_on)
        for c in contracts.checkpoints_in(CheckpointState.PLANNED)[:MOST]
    ]
    return found


def _bidding(user: User, roles: dict[int, str]) -> list[Todo]:
    """Return the drafts to hand in, the partners' signatures and the invitations that wait."""
    drafts = proposals.mine(user).filter(state=BidState.DRAFT, challenge__closes_at__gt=clock.now())
    found = []
    for bid in drafts[:MOST]:
        leads = bid.lead_id in roles
        signed = any(p.confirmed_at for p in bid.parties.all() if p.unit_id in roles)
        if leads or not signed:
            found.append(
                Todo(
                    "提交揭榜书" if leads else "签署联合体确认",
                    bid.challenge.title,
                    reverse("web:proposal" if leads else "web:proposal-consortium", args=[bid.pk]),
                    bid.number,
                    bid.lead.name,
                    bid.challenge.closes_at,
                )
            )
    return found + [
        Todo(
            "答复联合体邀请",
            offer.proposal.challenge.title,
            reverse("web:partner-invitation", args=[offer.pk]),
            offer.proposal.number,
            offer.proposal.lead.name,
            offer.expires_at,
        )
        for offer in proposals.invitations_to(user)[:MOST]
    ]


def _late(user: User) -> list[Todo]:
    return [
        Todo(
            "复核逾期许可",
            row.challenge.title,
            reverse("web:officer-late", args=[row.challenge_id]),
            row.number,
            row.unit.name,
        )
        for row in proposals.late_to_decide(user)[:MOST]
    ]


def _of_my_roles(user: User) -> list[Todo]:
    found: list[Todo] = []
    if user.has_role(PlatformRole.ENDORSER):
        found += [_need("推荐", need) for need in library.to_endorse(user)[:MOST]]
    if user.has_role(PlatformRole.EXPERT):
        found += [
            Todo(
                "论证需求",
                appraisal.need.title,
                reverse("web:expert-appraisal", args=[appraisal.pk]),
                appraisal.need.number,
                due=appraisal.due_at,
            )
            for appraisal in library.appraisals_of(user)[:MOST]
        ]
        found += [
            Todo(
                SEAT_VERBS[seat.state],
                seat.challenge.title,
                reverse("web:expert-seat", args=[seat.pk]),
                seat.challenge.number,
                due=seat.answer_by if seat.state == SeatState.INVITED else seat.review_by,
            )
            for seat in experts.waiting_for(user)[:MOST]
        ]
        found += [
            Todo(
                "答复定向委托意见",
                each.commission.title,
                reverse("web:commission-opinion", args=[each.pk]),
                each.commission.number,
            )
            for each in commissions.opinions_of(user)[:MOST]
        ]
        found += [
            Todo(
                "反馈阶段检查意见",
                f"{o.report.milestone.contract.title}：{o.report.milestone.title}",
                reverse("web:stage-opinion", args=[o.pk]),
                due=o.due_on,
            )
            for o in contracts.opinions_to_give(user)[:MOST]
        ]
    found += proposed.of(user)
    if user.has_role(PlatformRole.OFFICER):
        found += [
            Todo("确定评审专家", c.title, reverse("web:officer-panel", args=[c.pk]), c.number)
            for c in experts.short_of_experts()[:MOST]
        ]
        found += [
            Todo(
                "复核回避例外",
                w.challenge.title,
                reverse("web:officer-panel", args=[w.challenge_id]),
                w.challenge.number,
                str(w.expert),
            )
            for w in experts.waivers_to_decide(user)[:MOST]
        ]
        found += [_decision(d) for d in awards.waiting(DecisionState.RETURNED)[:MOST]]
        found += [
            Todo("增加评审专家", c.title, reverse("web:officer-panel", args=[c.pk]), c.number)
            for c in awards.disputed()[:MOST]
        ]
        found += [
            Todo("提出定榜建议", c.title, reverse("web:officer-decision", args=[c.pk]), c.number)
            for c in awards.to_propose()[:MOST]
        ]
        found += [
            Todo("核验单位", unit.name, reverse("web:officer-unit", args=[unit.pk]), unit.number)
            for unit in units.to_verify()[:MOST]
        ]
        to_check = library.in_state(NeedState.ENDORSED)
        found += [_need("形式审查", need) for need in to_check[:MOST]]
        found += [
            _need("分派论证专家", need)
            for need in library.in_state(NeedState.APPRAISAL)[:MOST]
            if not need.asked  # type: ignore[attr-defined]
        ]
        found += [_need("安排张榜", need) for need in library.in_state(NeedState.IN_LIBRARY)[:MOST]]
    if user.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER):
        found += _late(user)
    if user.has_role(PlatformRole.APPROVER):
        found += [
            Todo(
                "复核应急开启",
                o.challenge.title,
                reverse("web:officer-openings", args=[o.challenge_id]),
                o.number,
                due=o.challenge.closes_at,
            )
            for o in openings.to_decide(user)[:MOST]
        ]
        found += [
            _need("审定入库", need)
            for need in library.in_state(NeedState.APPRAISAL)[:MOST]
            if need.asked and need.asked == need.answered  # type: ignore[attr-defined]
        ]
        found += [
            Todo("定榜", c.title, reverse("web:officer-award", args=[c.pk]), c.number)
            for c in awards.to_award_at_once()[:MOST]
        ]
        found += [
            Todo("复核陈述申辩", r.subject, reverse("web:integrity-record", args=[r.pk]), r.number)
            for r in integrity.answered()[:MOST]
        ]
        found += [
            _decision(d)
            for d in awards.waiting(DecisionState.PROPOSED, DecisionState.APPROVED)[:MOST]
        ]
        found += [
            Todo(
                "答复异议",
                o.decision.challenge.title,
                reverse("web:objection", args=[o.pk]),
                o.number,
                due=o.reply_by,
            )
            for o in awards.unanswered()[:MOST]
        ]
        signing = Contract.objects.filter(state=ContractState.SIGNING).select_related("solver")
        found += [
            Todo("签署合同", c.title, _contract(c.pk), c.number, c.solver.name)
            for c in signing.exclude(signatures__side=Side.BUREAU)[:MOST]
        ]
        found += _for_approvers(user)
        found += [_payment("审批拨付", row) for row in _to_settle(user, PaymentState.REQUESTED)]
    if user.has_role(PlatformRole.OFFICER):
        found += _for_officers()
        found += [_payment("登记拨付凭证", row) for row in _to_settle(user, PaymentState.APPROVED)]
    return found


def _to_settle(user: User, state: PaymentState) -> list[Payment]:
    rows = contracts.to_settle(state)[:MOST]
    return [row for row in rows if contract_policies.payment_actions_for(user, row)]


def _payment(verb: str, row: Payment) -> Todo:
    return Todo(verb, row.contract.title, _contract(row.contract_id), row.number)


def _request(verb: str, row: ChangeRequest) -> Todo:
    kind = row.get_kind_display()
    return Todo(f"{verb}：{kind}", row.contract.title, _contract(row.contract_id), row.number)


def _decision(row: Decision) -> Todo:
    url = reverse("web:officer-decision", args=[row.challenge_id])
    return Todo(DECISION_VERBS[row.state], row.challenge.title, url, row.number)


def _need(verb: str, need: TechNeed) -> Todo:
    url = reverse("web:need", args=[need.pk])
    return Todo(verb, need.title, url, need.number, need.owner_name)


def _contract(key: int) -> str:
    return reverse("web:contract", args=[key])
