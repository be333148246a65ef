"""The expert pool for one need: who can be asked first, and why others may not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiebang.library.appraisers import candidates
from jiebang.library.models import Appraisal
from jiebang.library.states import State
from tests.factories import make_expert, make_field, make_need, make_officer, make_university

pytestmark = pytest.mark.django_db


def ask(expert, need, **fields):
    return Appraisal.objects.create(need=need, expert=expert, version=need.version, **fields)


def test_the_least_burdened_stand_first_and_who_may_not_last():
    need = make_need(State.APPRAISAL)
    own, asked, busy, free = (
        make_expert(unit=need.owner), make_expert(), make_expert(), make_expert(),
    )  # fmt: skip
    make_officer()
    ask(asked, need)
    ask(busy, make_need(State.APPRAISAL))

    found = candidates(need)

    assert [each.expert for each in found] == [free, busy, own, asked]
    assert [each.free for each in found] == [True, True, False, False]
    assert [each.open_count for each in found] == [0, 1, 0, 1]
    assert [each.decision.code for each in found if not each.decision] == ["recusal"]


def test_an_expert_is_known_by_units_and_by_the_fields_appraised_before():
    university = make_university()
    expert = make_expert(unit=university)
    before = make_need(State.IN_LIBRARY, tech_field=make_field("F07", "新材料"))
    ask(expert, before, submitted_at=before.created_at)

    (found,) = candidates(make_need(State.APPRAISAL))

    assert (found.units, found.fields) == ([university.name], ["新材料"])


def test_many_experts_cost_no_more_queries_than_one():
    need = make_need(State.APPRAISAL)
    costs = []
    for _ in range(2):
        make_expert(unit=make_university())
        with CaptureQueriesContext(connection) as queries:
            candidates(need)
        costs.append(len(queries))
    assert costs[0] == costs[1]
