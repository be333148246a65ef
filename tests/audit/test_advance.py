"""The one function that writes a state: table, reason, race, record."""

import pytest

from jiebang.audit import services
from jiebang.audit.models import Entry
from jiebang.audit.queries import history, last_note
from jiebang.common.errors import Invalid, Stale, WrongState
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Action, State
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db


def stored(unit):
    return Organization.objects.get(pk=unit.pk).state


def test_a_step_writes_the_state_and_one_entry():
    unit, officer = make_unit(state=State.PENDING), make_officer(display_name="周经办")

    services.advance(thing=unit, action=Action.VERIFY, actor=officer, note=" 材料齐全 ")

    assert (unit.state, stored(unit)) == (State.VERIFIED, State.VERIFIED)
    (entry,) = history(unit)
    written = (
        entry.actor_name, entry.label, entry.came_from, entry.went_to, entry.note,
    )  # fmt: skip
    assert written == ("周经办", "核验通过", State.PENDING, State.VERIFIED, "材料齐全")
    assert last_note(unit, Action.VERIFY) == "材料齐全"
    assert last_note(unit, Action.RETURN) == ""


@pytest.mark.parametrize(
    ("action", "note", "refusal"),
    [(Action.RESTORE, "", WrongState), (Action.RETURN, "  ", Invalid)],
)
def test_a_refused_step_changes_nothing(action, note, refusal):
    unit = make_unit(state=State.PENDING)

    with pytest.raises(refusal):
        services.advance(thing=unit, action=action, actor=make_officer(), note=note)

    assert (unit.state, stored(unit), Entry.objects.count()) == (State.PENDING, State.PENDING, 0)


def test_of_two_who_decide_at_once_one_is_told_to_look_again():
    unit = make_unit(state=State.PENDING)
    seen_by_other = Organization.objects.get(pk=unit.pk)
    services.advance(thing=unit, action=Action.VERIFY, actor=make_officer())

    with pytest.raises(Stale):
        services.advance(
            thing=seen_by_other, action=Action.RETURN, actor=make_officer(), note="缺材料"
        )

    assert stored(unit) == State.VERIFIED
    assert seen_by_other.state == State.PENDING, "a refused step leaves the caller's object alone"
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_a_mistake():
    unit = make_unit()
    with pytest.raises(RuntimeError):
        services.record(actor=None, thing=unit, action="x", label="某事")
    assert Entry.objects.count() == 0


def test_what_the_clock_does_is_signed_by_the_system():
    unit = make_unit()
    services.record(actor=None, thing=unit, action="x", label="某事")
    assert Entry.objects.get().actor_name == "系统"
