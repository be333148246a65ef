"""The city's commissions, opinions and objections, one in every state."""

from datetime import timedelta

from jiebang.approvals.states import ObjectionState
from jiebang.commissions.models import Commission, Item, Objection, Opinion
from jiebang.commissions.states import PUBLIC, RUNNING, State
from jiebang.common import clock
from jiebang.library.states import State as NeedState
from tests import factories as make


def add(world):
    """Put them into the city."""
    made = {state: world.add("commission", state.value, _one(world, state)) for state in State}
    public = made[State.EFFECTIVE]
    world.add("ocds", "any", public, ocid=f"ocds-000000-{public.number}")
    for state in ObjectionState:
        objection = Objection.objects.create(
            commission=made[State.FROZEN] if state == "received" else _one(world, State.FROZEN),
            unit=world.units.other,
            objector=world.people["无关单位"],
            signed_name=world.people["无关单位"].display_name,
            text="理由与事实不符",
            evidence="检测报告",
            state=state,
            reply_by=clock.today(),
        )
        world.add("commission_objection", state.value, objection)
    asked = Opinion.objects.create(
        commission=made[State.DRAFT],
        expert=world.kinds["expert"]["pooled"].thing,
        asked_by=world.people["经办"],
    )
    world.add("commission_opinion", "open", asked)


def _one(world, state):
    need = make.make_need(
        NeedState.COMMISSIONED if state in RUNNING else NeedState.IN_LIBRARY,
        owner=world.units.poster,
    )
    decided = {
        "approved_by": make.make_approver(),
        "minutes_number": "东科会〔2026〕31号",
        "minutes_on": clock.today(),
        "members": ["陈一", "陈二", "陈三"],
        "published_at": clock.now(),
        "notice_ends_on": clock.today() + timedelta(days=7),
    }
    commission = Commission.objects.create(
        call=need.call,
        kind="single",
        title="固态电池电解质定向攻关",
        candidate=world.units.bidder,
        cause="sole",
        reason="国内仅此一家具备中试条件",
        amount=600,
        term_months=24,
        state=state,
        needs_higher=state == State.ELEVATED,
        drafted_by=make.make_officer(),
        proposed_by=None if state == State.DRAFT else make.make_officer(),
        **(decided if state in PUBLIC else {}),
    )
    Item.objects.create(commission=commission, need=need, running=state in RUNNING)
    return commission
