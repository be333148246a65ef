"""Appraisal and admission: who is asked, what counts, what the call's numbers decide."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.audit.models import Entry
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, Stale, WrongState
from jiebang.library import queries, screening, tasks
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.states import State
from tests.factories import (
    make_approver,
    make_call,
    make_expert,
    make_need,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
OPINION = "技术先进，市场明确，建议入库"


@pytest.fixture
def need():
    return make_need(State.APPRAISAL, call=make_call({"appraisals_required": 2, "pass_mark": 70}))


def assign(need, *experts):
    return screening.assign_appraisers(need=need, actor=make_officer(), experts=experts)


def score(appraisal, first, second=None, **fields):
    criteria = list(appraisal.need.call.criteria.all())
    scores = {str(criteria[0].pk): first, str(criteria[1].pk): first if second is None else second}
    return screening.appraise(
        **{
            "appraisal": appraisal,
            "actor": appraisal.expert,
            "scores": scores,
            "opinion": OPINION,
            **fields,
        }
    )


def admit(need):
    screening.move(need=need, action="admit", actor=make_approver(), note="会议审定")


def test_the_total_is_weighted_by_the_calls_criteria(need):
    first, second = need.call.criteria.all()
    type(first).objects.filter(pk=first.pk).update(weight=75)
    type(second).objects.filter(pk=second.pk).update(weight=25)
    (appraisal,) = assign(need, make_expert())

    score(appraisal, "90", "50")

    assert Appraisal.objects.get().total == Decimal("80.00")


@pytest.mark.parametrize(
    ("first", "opinion", "faults"),
    [
        ("101", OPINION, 2),
        ("-1", OPINION, 2),
        ("", OPINION, 2),
        ("优", OPINION, 2),
        ("80", "好", 1),
    ],
)
def test_a_faulty_appraisal_says_where_and_is_not_kept(need, first, opinion, faults):
    (appraisal,) = assign(need, make_expert())
    with pytest.raises(Invalid) as caught:
        score(appraisal, first, opinion=opinion)
    assert len(caught.value.fields) == faults
    assert Appraisal.objects.get().submitted_at is None


def test_an_appraisal_is_written_once_and_by_its_expert_only(need):
    (appraisal,) = assign(need, make_expert())
    with pytest.raises(NotAllowed):
        score(appraisal, "80", actor=make_expert())
    score(appraisal, "80")
    with pytest.raises(Stale):
        score(appraisal, "100")
    assert Appraisal.objects.get().total == 80


def test_an_expert_is_asked_once_and_never_about_the_own_unit(need):
    expert, insider = make_expert(), make_expert(unit=need.owner)
    assign(need, expert)

    with pytest.raises(Conflict):
        assign(need, make_expert(), expert)
    with pytest.raises(RuleBroken) as caught:
        assign(need, insider)
    assert caught.value.code == "recusal"
    with pytest.raises(RuleBroken) as caught:
        assign(need, make_user())
    assert caught.value.code == "not_an_expert"
    with pytest.raises(Invalid):
        assign(need)
    assert [a.expert for a in need.appraisals.all()] == [expert]


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ([], "appraisals_missing"),
        (["100"], "appraisals_missing"),
        (["69", "70"], "below_pass_mark"),
        (["69", "71"], ""),
    ],
)
def test_admission_wants_the_calls_number_of_experts_and_its_mark(need, scores, code):
    for each in scores:
        (appraisal,) = assign(need, make_expert())
        score(appraisal, each)
    entries = Entry.objects.count()

    if code:
        with pytest.raises(RuleBroken) as caught:
            admit(need)
        assert (caught.value.code, Entry.objects.count()) == (code, entries)
    else:
        admit(need)
    stored = TechNeed.objects.get().state
    assert stored == (State.APPRAISAL if code else State.IN_LIBRARY)


def test_appraisals_of_an_older_version_do_not_count(need):
    for _ in range(2):
        score(assign(need, make_expert())[0], "90")
    TechNeed.objects.filter(pk=need.pk).update(version=2)
    need.refresh_from_db()

    assert queries.appraisal_result(need) == (0, None)
    with pytest.raises(RuleBroken):
        admit(need)


def test_after_a_return_an_open_appraisal_is_closed_to_its_expert(need):
    (appraisal,) = assign(need, make_expert())
    screening.move(need=need, action="return", actor=make_officer(), note="请补充指标")
    with pytest.raises(WrongState):
        score(appraisal, "80")
    assert list(queries.appraisals_of(appraisal.expert)) == []


def test_validity_is_set_at_admission_and_ends_by_the_clock():
    need = make_need(State.APPRAISAL, call=make_call({"valid_months": 12}))
    score(assign(need, make_expert())[0], "90")
    admit(need)
    assert 364 <= (need.valid_until - timezone.localdate()).days <= 366

    tasks.lapse_due()
    assert TechNeed.objects.get().state == State.IN_LIBRARY
    with clock.telling(timezone.now() + timedelta(days=367)):
        tasks.lapse_due()
        tasks.lapse_due()
    assert TechNeed.objects.get().state == State.LAPSED
    assert Entry.objects.filter(action="lapse").count() == 1


def test_a_gathered_need_is_placed_in_a_call_once():
    need = make_need(State.ENDORSED)
    TechNeed.objects.filter(pk=need.pk).update(call=None)
    need.refresh_from_db()
    call = make_call()

    screening.place_in_call(need=need, actor=make_officer(), call=call)
    with pytest.raises(Conflict):
        screening.place_in_call(need=need, actor=make_officer(), call=make_call())

    assert TechNeed.objects.get().call == call
