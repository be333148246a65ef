"""What is held against a unit or person, which gates it shuts, the answer, the lifting."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jiebang.audit.models import Entry
from jiebang.challenges import services as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts import services as contracts
from jiebang.experts import draws, seats
from jiebang.integrity import queries, services
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import SHUT, Gate, Sanction, State
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from jiebang.proposals import services as proposals
from jiebang.proposals.states import State as BidState
from tests import factories as make
from tests.integrity.steps import make_record

pytestmark = pytest.mark.django_db
ANSWER = "处罚决定已被行政复议撤销，附复议决定书编号。"


def refused(kind, code, call):
    """Say that the call was refused by this code and that nothing was written."""
    before = list(IntegrityRecord.objects.values()), Entry.objects.count()
    with pytest.raises(kind) as refusal:
        call()
    after = list(IntegrityRecord.objects.values()), Entry.objects.count()
    assert (refusal.value.code, after) == (code, before)
    return refusal.value


def data(**fields):
    said = {"conduct": "提供虚假材料", "sanction": "nothing", "source": "bureau"}
    return {**said, "holds_from": timezone.localdate(), "unit": make.make_unit(), **fields}


@pytest.mark.parametrize("sanction", Sanction)
@pytest.mark.parametrize("gate", Gate)
def test_a_sanction_shuts_the_gates_of_the_table_and_no_other(gate, sanction):
    unit = make.make_unit()
    make_record(unit, sanction)

    assert bool(queries.may_pass(gate, unit)) == (gate not in SHUT[sanction])


@pytest.mark.parametrize(
    ("first", "last", "state", "bars"),
    [
        (-5, -1, "in_force", False),
        (-5, 0, "in_force", True),
        (0, 5, "in_force", True),
        (1, 5, "in_force", False),
        (-5, None, "in_force", True),
        (-5, None, "lifted", False),
    ],
)
def test_a_record_bars_on_its_days_alone(first, last, state, bars):
    unit, today = make.make_unit(), timezone.localdate()
    end = None if last is None else today + timedelta(days=last)
    record = make_record(
        unit, holds_from=today + timedelta(days=first), holds_until=end, state=state
    )

    answer = queries.may_pass(Gate.BID, unit)

    assert (bool(answer), record.holds) == (not bars, bars)


def test_the_refusal_names_source_sanction_last_day_and_number():
    record = make_record(make.make_unit(name="甲公司"), holds_until=date(2099, 3, 5))

    assert queries.may_pass(Gate.AWARD, record.unit).reason == (
        "甲公司有诚信记录，现在不能中榜：科技局查实，限制参与全部项目活动，"
        f"至2099年3月5日（{record.number}）"
    )


def _start():
    challenge, unit = make.make_challenge(ChallengeState.OPEN), make.make_university()
    person = make.make_user(unit=unit)
    return unit, lambda: proposals.start(challenge=challenge, lead=unit, actor=person)


def _submit():
    challenge = make.make_challenge(ChallengeState.OPEN)
    bid = make.make_proposal(BidState.DRAFT, challenge=challenge)
    return bid.lead, lambda: proposals.submit(proposal=bid, actor=bid.author)


def _sign():
    contract = make.make_contract("signing")
    person = make.make_user(unit=contract.solver)
    return contract.solver, lambda: contracts.sign(contract=contract, actor=person, side="solver")


def _post():
    need, officer, now = make.make_need(NeedState.IN_LIBRARY), make.make_officer(), timezone.now()
    return need.owner, lambda: challenges.post(
        need=need, actor=officer, opens_at=now, closes_at=now + timedelta(days=30)
    )


def _invite():
    challenge = make.make_challenge(ChallengeState.CLOSED)
    make.make_proposal(BidState.SUBMITTED, challenge=challenge)
    expert, officer = make.make_pooled(), make.make_officer()
    return expert.user, lambda: seats.invite(expert=expert, challenge=challenge, actor=officer)


@pytest.mark.parametrize("gate", [_start, _submit, _sign, _post, _invite])
def test_a_record_stops_whoever_stands_at_the_gate(gate):
    subject, act = gate()
    make_record(subject)

    refused(RuleBroken, "integrity_record", act)


def test_a_warning_stops_nobody():
    unit, act = _start()
    make_record(unit, Sanction.WARNING)

    assert act().lead == unit


def test_a_person_with_a_record_does_not_bid_for_a_clean_unit():
    challenge, unit = make.make_challenge(ChallengeState.OPEN), make.make_university()
    person = make.make_user(unit=unit)
    make_record(person)

    refused(
        RuleBroken,
        "integrity_record",
        lambda: proposals.start(challenge=challenge, lead=unit, actor=person),
    )


def test_the_draw_leaves_out_an_expert_with_a_record_and_says_so():
    challenge = make.make_challenge(ChallengeState.CLOSED)
    make.make_proposal(BidState.SUBMITTED, challenge=challenge)
    held, free = make.make_pooled(), make.make_pooled()
    make_record(held.user, Sanction.NO_REVIEWING)

    found = {one.expert: one.reasons for one in draws.candidates(challenge, 1)}

    assert found == {held: ["有诚信记录"], free: []}


def test_an_officer_enters_a_record_and_the_units_writers_are_told():
    unit = make.make_unit()
    writer = make.make_user(unit=unit)

    made = services.enter(actor=make.make_officer(), data=data(unit=unit))

    assert (made.state, made.holds) == (State.IN_FORCE, True)
    assert [n.person for n in Notification.objects.all()] == [writer]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"unit": None}, "unit"),
        ({"person": "expert"}, "unit"),
        ({"holds_until": date(2000, 1, 1)}, "holds_until"),
        ({"conduct": ""}, "conduct"),
        ({"sanction": "prison"}, "sanction"),
    ],
)
def test_a_record_that_cannot_be_taken_says_where(fields, fault):
    if "person" in fields:
        fields = {"person": make.make_expert()}
    officer, typed = make.make_officer(), data(**fields)

    refusal = refused(Invalid, "record_invalid", lambda: services.enter(actor=officer, data=typed))

    assert set(refusal.fields) == {fault}


def test_only_an_officer_enters_and_only_another_approver_lifts():
    record = make_record(make.make_unit())
    own = make.make_approver()
    IntegrityRecord.objects.filter(pk=record.pk).update(entered_by=own)
    record.refresh_from_db()
    approver = make.make_approver()
    refused(NotAllowed, "role_required", lambda: services.enter(actor=approver, data=data()))
    for actor, code in (
        (make.make_officer(), "role_required"),
        (own, "own_entry"),
        (make.make_user(make.PlatformRole.APPROVER, unit=record.unit), "recusal"),
    ):
        refused(
            NotAllowed,
            code,
            lambda actor=actor: services.move(
                record=record, action="lift", actor=actor, note="复核后撤销"
            ),
        )
    refused(
        Invalid,
        "reason_required",
        lambda: services.move(record=record, action="lift", actor=approver),
    )

    services.move(record=record, action="lift", actor=approver, note="复核后撤销")

    assert queries.may_pass(Gate.BID, record.unit)
    refused(
        WrongState,
        "wrong_state",
        lambda: services.move(record=record, action="lift", actor=approver, note="再次"),
    )


def test_the_unit_answers_once_and_the_approvers_are_told():
    record = make_record(make.make_unit())
    writer, approver = make.make_user(unit=record.unit), make.make_approver()
    stranger = make.make_user(unit=make.make_unit())
    refused(
        NotAllowed,
        "not_member",
        lambda: services.answer(record=record, actor=stranger, text=ANSWER),
    )
    refused(
        Invalid,
        "answer_too_short",
        lambda: services.answer(record=record, actor=writer, text="不服"),
    )

    services.answer(record=record, actor=writer, text=ANSWER)

    assert [n.person for n in Notification.objects.all()] == [approver]
    assert list(queries.answered()) == [record]
    refused(
        Conflict,
        "answered_already",
        lambda: services.answer(record=record, actor=writer, text=ANSWER),
    )


def test_the_pages_enter_answer_and_lift(client):
    officer, approver, unit = make.make_officer(), make.make_approver(), make.make_unit()
    writer = make.make_user(unit=unit)
    client.force_login(officer)
    typed = {k: v for k, v in data(unit=unit.pk).items() if v}
    client.post(reverse("web:integrity-new"), typed)
    record = IntegrityRecord.objects.get()
    page = reverse("web:integrity-record", args=[record.pk])
    client.force_login(writer)
    client.post(page, {"text": ANSWER})
    client.force_login(approver)
    client.post(
        reverse("web:integrity-move", args=[record.pk]), {"action": "lift", "note": "复核后撤销"}
    )
    record.refresh_from_db()

    assert (record.answer, record.state) == (ANSWER, "lifted")
    client.force_login(make.make_user(unit=make.make_unit()))
    assert client.get(page).status_code == 404


def test_the_interface_enters_answers_and_lifts(client_for):
    officer, approver, unit = make.make_officer(), make.make_approver(), make.make_unit()
    writer = make.make_user(unit=unit)
    body = {**data(), "unit": unit.pk, "holds_from": "2026-01-01"}
    made = client_for(officer).post("/api/v1/integrity-records/", body, format="json")
    address = f"/api/v1/integrity-records/{made.json()['id']}/"
    said = client_for(writer).post(f"{address}answer/", {"text": ANSWER}, format="json")
    again = client_for(writer).post(f"{address}answer/", {"text": ANSWER}, format="json")
    lifted = client_for(approver).post(
        f"{address}moves/", {"action": "lift", "note": "复核后撤销"}, format="json"
    )

    codes = [answer.status_code for answer in (made, said, again, lifted)]
    assert codes == [201, 200, 409, 200]
    assert again.json()["code"] == "answered_already"
    assert lifted.json()["state"] == "lifted"
