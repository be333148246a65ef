"""Steps towards an acceptance, each through the services."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from jiebang.acceptance import conclusions, draws, queries, seats, services, votes
from jiebang.acceptance.models import AcceptanceRules
from jiebang.common import clock
from jiebang.contracts.models import MilestoneReport
from jiebang.experts.states import SeatState
from tests.factories import make_approver, make_contract, make_officer, make_pooled, make_user

TEXT = "实测结果达到合同约定，材料齐全，数据可信"
PANEL = 3


def make_case(state="running", *, confirmed=True, papers=(), **rules):
    """A contract ready for acceptance with everybody it takes; the call asks no papers."""
    contract = make_contract(state)
    if confirmed:
        contract.milestones.update(state="confirmed")
    call = contract.call
    wanted = {"papers": list(papers), "panel_size": PANEL, **rules}
    AcceptanceRules.objects.update_or_create(call=call, defaults=wanted)
    for stone in contract.milestones.all():
        MilestoneReport.objects.create(
            milestone=stone,
            summary="按计划完成",
            reported_by=make_user(unit=contract.solver),
        )
    return SimpleNamespace(
        contract=contract,
        solver=make_user(unit=contract.solver),
        poster=make_user(unit=contract.poster),
        officer=make_officer(),
        approver=make_approver(),
    )


def fresh(case):
    return queries.of_contract(case.contract)


def write(case, value="355"):
    made = services.open_for(contract=case.contract)
    results = {
        row.pk: {"value": Decimal(value), "evidence": "检测报告 JC-01"}
        for row in case.contract.indicators
    }
    return services.write(
        acceptance=made,
        actor=case.solver,
        revision=made.revision,
        data={"summary": TEXT, "spent": Decimal(580)},
        results=results,
    )


def submit(case, value="355"):
    return services.submit(acceptance=write(case, value), actor=case.solver)


def rate(case, satisfaction="satisfied"):
    return services.rate(
        acceptance=fresh(case), actor=case.poster, satisfaction=satisfaction, text=TEXT
    )


def convene(case):
    return services.check(acceptance=fresh(case), action="convene", actor=case.officer)


def seat_panel(case, spare=2):
    """Draw a panel from a pool a little larger than it, and let everybody sign."""
    for _ in range(PANEL + spare):
        make_pooled()
    draw = draws.hold(acceptance=fresh(case), actor=case.officer)
    sign_all(case)
    return draw


def sign_all(case):
    for member in queries.panel(fresh(case)).filter(state=SeatState.INVITED):
        user = member.expert.user
        seats.move(member=member, action="accept", actor=user)
        name = str(member.expert)
        seats.move(member=member, action="undertake", actor=user, signed_name=name)


def vote(case, *advices):
    """Let the members of the panel vote, the last word for all who follow."""
    seated = queries.panel(fresh(case)).filter(state__in=("undertaken", "done"))
    for n, member in enumerate(seated):
        advice = advices[min(n, len(advices) - 1)]
        votes.give(member=member, actor=member.expert.user, advice=advice, text=TEXT)


def propose(case, conclusion="pass", **more):
    if conclusion == "revise":
        more.setdefault("revise_by", clock.today() + timedelta(days=30))
    return conclusions.propose(
        acceptance=fresh(case), actor=case.officer, conclusion=conclusion, reason=TEXT, **more
    )


def approve(case, actor=None):
    return conclusions.move(acceptance=fresh(case), action="approve", actor=actor or case.approver)


def to_votes(case, *advices, value="355", satisfaction="satisfied"):
    """Go as far as the panel's votes."""
    submit(case, value)
    rate(case, satisfaction)
    convene(case)
    seat_panel(case)
    vote(case, *(advices or ("pass",)))
    return fresh(case)


def concluded(case, conclusion="pass", **more):
    """Go all the way."""
    value = more.pop("value", "355")
    satisfaction = more.pop("satisfaction", "satisfied")
    to_votes(case, conclusion, value=value, satisfaction=satisfaction)
    propose(case, conclusion, **more)
    return approve(case)
