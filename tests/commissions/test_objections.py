"""Objections to a notice: they stop its clock; upheld it falls, rejected it goes on."""

import pytest

from jiebang.commissions import decisions, objections
from jiebang.commissions.models import Commission, Item, Objection
from jiebang.commissions.tasks import conclude_due
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.library.models import TechNeed
from tests.commissions import steps
from tests.factories import make_approver, make_university, make_user

pytestmark = pytest.mark.django_db


def refused(kind, code, act):
    before = steps.written()
    with pytest.raises(kind) as refusal:
        act()
    assert (refusal.value.code, steps.written()) == (code, before)


def answer(objection, action, actor=None, note=steps.REPLY):
    return objections.answer(
        objection=Objection.objects.get(pk=objection.pk),
        action=action,
        actor=actor or make_approver(),
        note=note,
    )


def test_an_objection_stops_the_clock_and_the_notice_goes_on_with_the_days_it_had():
    with clock.telling(steps.at(11, 23)):
        made = steps.notice()
    with clock.telling(steps.at(11, 26)):
        objection = steps.object_to(made)
        assert (Commission.objects.get().state, Commission.objects.get().days_left) == ("frozen", 2)
        frozen = Commission.objects.get()
        refused(WrongState, "objection_open", lambda: decisions.conclude(commission=frozen))
    with clock.telling(steps.at(12, 3)):
        conclude_due()
        answer(objection, "reject")
        assert f"{Commission.objects.get().notice_ends_on}" == "2026-12-07"
    with clock.telling(steps.at(12, 8)):
        conclude_due()
    assert Commission.objects.get().state == "effective"


def test_an_upheld_objection_takes_the_commission_down_and_frees_its_needs():
    made = steps.notice()
    answer(steps.object_to(made), "uphold")
    assert Commission.objects.get().state == "cancelled"
    assert TechNeed.objects.get().state == "in_library"
    assert not Item.objects.filter(running=True).exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"signed_name": "别人"}, "objection_invalid"),
        ({"text": "不对"}, "objection_invalid"),
        ({"evidence": " "}, "objection_invalid"),
    ],
)
def test_an_objection_has_real_name_reasons_and_evidence(fields, code):
    made, actor = steps.notice(), make_user(unit=make_university())
    refused(Invalid, code, lambda: steps.object_to(made, actor, **fields))


def test_who_may_not_object():
    made, stranger = steps.notice(), make_user()
    insider = make_user(unit=made.candidate)
    refused(NotAllowed, "not_a_unit", lambda: steps.object_to(made, stranger))
    refused(NotAllowed, "own_notice", lambda: steps.object_to(made, insider))


def test_one_open_objection_a_unit_and_none_after_the_last_day():
    actor = make_user(unit=make_university())
    with clock.telling(steps.at(11, 23)):
        made = steps.notice()
        steps.object_to(made, actor)
        refused(Conflict, "objected_already", lambda: steps.object_to(made, actor))
        answer(Objection.objects.get(), "reject")
    with clock.telling(steps.at(12, 20)):
        refused(RuleBroken, "objection_closed", lambda: steps.object_to(made, actor))


def test_the_proposer_does_not_answer_and_an_answer_is_long_enough():
    both, approver = make_user("officer", "approver"), make_approver()
    objection = steps.object_to(steps.notice(actor=both))
    refused(NotAllowed, "own_proposal", lambda: answer(objection, "reject", both))
    refused(Invalid, "reply_too_short", lambda: answer(objection, "reject", approver, "不成立"))
