"""A commission that was returned is written anew."""

import pytest

from jiebang.commissions import decisions, services, snapshots
from jiebang.library.models import TechNeed
from tests.commissions import steps
from tests.factories import (
    make_need,
    make_officer,
)

pytestmark = pytest.mark.django_db


def test_what_is_returned_is_written_anew_and_the_versions_differ():
    made = steps.propose()
    steps.move(made, "return", note="金额偏高")
    assert made.needs[0].state == "commissioned"
    officer = make_officer()
    services.write(
        commission=made,
        actor=officer,
        data=steps.data(candidate=made.candidate, amount=500),
        needs=made.needs,
    )
    decisions.propose(commission=made, actor=officer)
    first, second = made.versions.all()
    changes = snapshots.differences(first.content, second.content)
    assert [(c.label, c.before, c.after) for c in changes] == [
        ("委托金额", "600.00 万元", "500.00 万元")
    ]


def test_a_need_taken_out_of_a_returned_commission_goes_back_into_the_library():
    made = steps.propose()
    steps.move(made, "return", note="换一项需求")
    old, new = made.needs[0], make_need("in_library", call=made.call)
    services.write(
        commission=made,
        actor=make_officer(),
        data=steps.data(candidate=made.candidate),
        needs=[new],
    )
    states = {need.pk: need.state for need in TechNeed.objects.all()}
    assert (states[old.pk], states[new.pk]) == ("in_library", "commissioned")
