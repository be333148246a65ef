"""Which change makes which job: in its transaction, once a key, none for what nobody may see."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from jiebang.achievements import services as achievements
from jiebang.challenges import services as challenges
from jiebang.common import clock
from jiebang.jobs.models import Job
from jiebang.jobs.registry import HANDLERS
from jiebang.library import services as library
from jiebang.library.states import State as NeedState
from jiebang.organizations import services as organizations
from jiebang.recommendations import outbox, tasks
from jiebang.recommendations.models import OBJECTS, Kind, Match, Run, Shard
from tests.factories import (
    indicator_row,
    make_achievement,
    make_call,
    make_field,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db
MATCH, REFRESH = "recommendations.match", "recommendations.refresh"


def queued():
    return list(Job.objects.order_by("pk").values_list("key", flat=True))


def test_a_draft_is_nobody_elses_affair_until_it_is_submitted():
    firm = make_unit()
    writer = make_user(unit=firm)
    content = {**need_content(), "tech_field": make_field(), "call": make_call()}
    need = library.create_need(owner=firm, actor=writer, data=content, indicators=[indicator_row()])
    assert queued() == []

    library.submit(need=need, actor=writer)

    assert queued() == [f"{MATCH}:need:{need.pk}"]


def test_a_need_taken_back_is_matched_anew_to_lose_its_matches():
    need = make_need(NeedState.RETURNED)

    library.withdraw(need=need, actor=make_user(unit=need.owner))

    assert queued() == [f"{MATCH}:need:{need.pk}"]


def test_a_result_renews_the_results_and_the_units():
    university = make_university()

    achievements.create(
        owner=university, actor=make_user(unit=university), data={"title": "甲", "summary": "乙"}
    )

    made = university.achievements.get()
    assert queued() == [f"{MATCH}:achievement:{made.pk}", f"{MATCH}:organization:{university.pk}"]


def test_a_gathered_result_has_no_unit_to_renew():
    data = {"title": "甲", "summary": "乙", "source_unit": "某大学", "source_key": "k"}
    made = achievements.gather(actor=None, data=data)

    assert queued() == [f"{MATCH}:achievement:{made.pk}"]


def test_a_unit_renews_the_units_once_the_bureau_decides():
    unit = make_unit(state="pending")

    organizations.move(organization=unit, action="verify", actor=make_officer())

    assert queued() == [f"{MATCH}:organization:{unit.pk}"]


def test_a_challenge_is_met_when_it_opens_and_its_solutions_when_it_closes():
    need, officer, now = make_need(NeedState.IN_LIBRARY), make_officer(), timezone.now()
    times = {"opens_at": now + timedelta(days=1), "closes_at": now + timedelta(days=40)}
    challenge = challenges.post(need=need, actor=officer, **times)
    assert queued() == []

    with clock.telling(times["opens_at"]):
        challenges.settle(challenge=challenge)
    assert queued() == [f"{MATCH}:challenge:{challenge.pk}"]

    Job.objects.all().delete()
    with clock.telling(times["closes_at"]):
        challenges.settle(challenge=challenge)
    assert queued() == [f"{MATCH}:challenge:{challenge.pk}", f"{MATCH}:proposal:{challenge.pk}"]


def test_ten_changes_make_one_job_a_key():
    row = make_achievement()
    writer = make_user(unit=row.owner)
    for n in range(10):
        achievements.edit(achievement=row, actor=writer, data={"title": f"第 {n} 稿"})

    assert queued() == [f"{MATCH}:achievement:{row.pk}", f"{MATCH}:organization:{row.owner_id}"]


def test_a_change_that_is_rolled_back_leaves_no_job():
    row = make_achievement()

    @transaction.atomic
    def break_off():
        achievements.edit(achievement=row, actor=make_user(unit=row.owner), data={"title": "改"})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()

    assert queued() == []


def test_many_changes_in_bulk_make_one_job_a_kind():
    with transaction.atomic(), outbox.in_bulk():
        for n in range(5):
            outbox.note(Kind.NEED, n)
            outbox.note(Kind.ACHIEVEMENT, n)
        assert queued() == []

    assert queued() == [f"{REFRESH}:achievement", f"{REFRESH}:need"]


def test_a_bulk_that_breaks_off_queues_nothing():
    def break_off():
        with outbox.in_bulk():
            outbox.note(Kind.NEED, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    outbox.note(Kind.NEED, 2)

    assert queued() == [f"{MATCH}:need:2"]


def test_the_night_queues_the_check_of_everything():
    tasks.nightly()

    shards = Shard.objects.order_by("pk")
    assert [(s.phase, s.kind) for s in shards] == [("merge", kind) for kind in OBJECTS]
    assert queued() == [f"recommendations.shard:{shard.pk}" for shard in shards]


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        (MATCH, {"kind": "need", "row_id": None}, {"asked": 1}),
        (REFRESH, {"kind": "achievement"}, {"asked": 3}),
        (MATCH, {"kind": "achievement", "row_id": None}, {"asked": 2}),
        ("recommendations.refresh_all", {}, {"asked": 5}),
    ],
)
def test_each_job_does_what_it_says(solver, name, args, result):
    need = make_need(NeedState.ENDORSED, owner=make_unit(state="pending"))
    if "row_id" in args:
        answer = solver.achievements.get(title__startswith="硫化物")
        args["row_id"] = need.pk if args["kind"] == "need" else answer.pk

    assert HANDLERS[name](**args, progress=lambda *_: None) == result
    assert Match.objects.filter(run__subject_kind=Kind.NEED).count() in (1, 2)


def test_what_was_queued_says_all_that_its_job_needs(solver):
    need = make_need(NeedState.ENDORSED)
    outbox.note(Kind.NEED, need.pk)
    outbox.note(Kind.ACHIEVEMENT, solver.achievements.first().pk)

    for job in Job.objects.order_by("pk"):
        HANDLERS[job.name](**job.args, progress=lambda *_: None)

    titles = list(Job.objects.order_by("pk").values_list("title", flat=True))
    assert titles == ["更新一条需求的匹配", "更新一项成果的匹配"]
    assert Run.objects.filter(subject_kind=Kind.NEED).count() == 2
