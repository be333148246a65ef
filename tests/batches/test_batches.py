"""One thing done with many rows: what each deed does, what it refuses, and nothing half done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.awards.models import DecisionRules
from jiebang.batches import services
from jiebang.batches.deeds import DEEDS, Code, Given
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, NotFound
from jiebang.contracts.models import Milestone
from jiebang.experts import seats
from jiebang.experts.models import Seat
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from jiebang.recommendations import services as matcher
from jiebang.recommendations.models import Kind
from tests import factories as make

pytestmark = pytest.mark.django_db
OTHER = {
    "title": "激光雷达光学镜头装调工艺", "keywords": "激光雷达", "main_problem": "装调效率低。",
    "key_technology": "主动对准。", "expected_goal": "节拍减半。", "indicators": 0,
}  # fmt: skip


def times():
    opens_at = timezone.now() + timedelta(days=1)
    return {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=40)}


def run(code, actor, *things, **given):
    keys = [thing if isinstance(thing, int) else thing.pk for thing in things]
    return services.run(code=code, actor=actor, chosen=keys, given=Given(**given))


def codes(outcome):
    return [each.code for each in outcome.refused]


def appraised(points):
    need = make.make_need(NeedState.APPRAISAL)
    for _ in range(3):
        Appraisal.objects.create(
            need=need, expert=make.make_expert(), version=need.version, total=points,
            submitted_at=timezone.now(), scores={}, opinion="可行",
        )  # fmt: skip
    return need


def test_units_are_verified_and_what_is_verified_already_is_refused():
    one, two = make.make_unit(state=UnitState.PENDING), make.make_unit()
    outcome = run(Code.VERIFY_UNITS, make.make_officer(), one, two)
    assert (outcome.done, codes(outcome)) == ([one.pk], ["wrong_state"])
    assert {unit.state for unit in Organization.objects.all()} == {"verified"}
    assert outcome.refused[0].name == two.name


@pytest.mark.parametrize(
    ("code", "state", "note", "after"),
    [
        (Code.ENDORSE_NEEDS, NeedState.SUBMITTED, "", "endorsed"),
        (Code.CHECK_NEEDS, NeedState.ENDORSED, "", "appraisal"),
        (Code.RETURN_NEEDS, NeedState.ENDORSED, "指标没有测试方法", "returned"),
    ],
)
def test_needs_are_taken_a_step_further(code, state, note, after):
    needs = [make.make_need(state) for _ in range(2)]
    person = make.make_endorser() if code == Code.ENDORSE_NEEDS else make.make_officer()
    outcome = run(code, person, *needs, note=note)
    assert (outcome.done, outcome.refused) == ([need.pk for need in needs], [])
    assert {need.state for need in TechNeed.objects.all()} == {after}


def test_needs_are_returned_only_with_a_reason_and_nothing_changes_without_one():
    needs = [make.make_need(NeedState.ENDORSED) for _ in range(2)]
    outcome = run(Code.RETURN_NEEDS, make.make_officer(), *needs)
    assert (outcome.done, codes(outcome)) == ([], ["reason_required", "reason_required"])
    assert {need.state for need in TechNeed.objects.all()} == {"endorsed"}
    assert Entry.objects.count() == 0


def test_needs_are_admitted_that_reached_the_mark_and_no_other():
    good, bad = appraised(90), appraised(40)
    outcome = run(Code.ADMIT_NEEDS, make.make_approver(), good, bad, note="同意入库")
    assert (outcome.done, codes(outcome)) == ([good.pk], ["below_pass_mark"])
    states = dict(TechNeed.objects.values_list("pk", "state"))
    assert states == {good.pk: "in_library", bad.pk: "appraisal"}


def test_needs_are_posted_with_the_same_times_but_what_is_nearly_another_is_looked_at_first():
    other = make.make_need(NeedState.IN_LIBRARY, **OTHER)
    mine, twin = make.make_need(NeedState.IN_LIBRARY), make.make_need(NeedState.REJECTED)
    for kind in (Kind.NEED, Kind.CHALLENGE):
        matcher.refresh_index(kind)
    asked = times()
    outcome = run(Code.POST_NEEDS, make.make_officer(), other, mine, **asked)
    assert (outcome.done, codes(outcome)) == ([other.pk], ["alike_first"])
    assert twin.title in outcome.refused[0].sentence
    (posted,) = Challenge.objects.all()
    assert (posted.need, posted.opens_at, posted.closes_at) == (other, *asked.values())


def test_posting_wants_times():
    need = make.make_need(NeedState.IN_LIBRARY)
    outcome = run(Code.POST_NEEDS, make.make_officer(), need)
    assert (outcome.done, codes(outcome), Challenge.objects.count()) == ([], ["invalid"], 0)


def test_challenges_fail_with_a_reason_and_their_needs_return_to_the_library():
    closed, open_one = make.make_challenge(ChallengeState.CLOSED), make.make_challenge()
    outcome = run(
        Code.FAIL_CHALLENGES, make.make_officer(), closed, open_one, note="无人揭榜，宣布流标"
    )
    assert (outcome.done, codes(outcome)) == ([closed.pk], ["wrong_state"])
    states = dict(Challenge.objects.values_list("pk", "state"))
    assert states == {closed.pk: "failed", open_one.pk: "open"}
    assert TechNeed.objects.get(pk=closed.need_id).state == "in_library"


@pytest.fixture
def closed():
    challenge = make.make_challenge(ChallengeState.CLOSED)
    bid = make.make_proposal("submitted", challenge=challenge)
    DecisionRules.objects.filter(call=challenge.call).update(in_steps=True, basis="")
    return challenge, bid.lead


def test_experts_are_invited_and_who_has_a_conflict_is_named(closed):
    challenge, lead = closed
    free, tied = make.make_pooled(), make.make_pooled(unit=lead)
    outcome = run(Code.INVITE_EXPERTS, make.make_officer(), free, tied, challenge=challenge.pk)
    assert (outcome.done, codes(outcome)) == ([free.pk], ["conflict_of_interest"])
    assert lead.name in outcome.refused[0].sentence
    assert [seat.expert for seat in Seat.objects.all()] == [free]


@pytest.mark.parametrize("challenge", [None, 999])
def test_experts_are_invited_to_a_challenge_that_there_is(challenge):
    outcome = run(Code.INVITE_EXPERTS, make.make_officer(), make.make_pooled(), challenge=challenge)
    assert (outcome.done, codes(outcome), Seat.objects.count()) == ([], ["not_found"], 0)


def test_experts_are_reminded_once_a_day_of_what_they_owe(closed):
    challenge, _ = closed
    officer, experts = make.make_officer(), [make.make_pooled() for _ in range(3)]
    invited, accepted, gone = (
        seats.invite(expert=each, challenge=challenge, actor=officer) for each in experts
    )
    seats.move(seat=accepted, action="accept", actor=accepted.expert.user)
    seats.move(seat=gone, action="decline", actor=gone.expert.user, note="出差")
    Notification.objects.all().delete()

    outcome = run(Code.REMIND_EXPERTS, officer, invited, accepted, gone, note="请抓紧")

    assert (outcome.done, codes(outcome)) == ([invited.pk, accepted.pk], ["nothing_due"])
    told = Notification.objects.order_by("pk").values_list("person", "subject", "text")
    assert list(told) == [
        (experts[0].user_id, f"请答复评审邀请：{challenge.title}", "请抓紧"),
        (experts[1].user_id, f"请签署评审承诺并提交评审意见：{challenge.title}", "请抓紧"),
    ]
    again = run(Code.REMIND_EXPERTS, make.make_officer(), invited)
    assert (again.done, codes(again)) == ([], ["reminded_today"])
    assert officer.display_name in again.refused[0].sentence
    with clock.telling(timezone.now() + timedelta(days=1)):
        assert run(Code.REMIND_EXPERTS, officer, invited).done == [invited.pk]
    assert Notification.objects.count() == 3
    assert Entry.objects.filter(action="remind").count() == 3


def test_solvers_are_reminded_of_milestones_that_are_late_and_of_no_other():
    late, in_time, over = (
        make.make_contract(state) for state in ("running", "running", "accepted")
    )
    yesterday = clock.today() - timedelta(days=1)
    Milestone.objects.filter(contract__in=[late, over], position=1).update(due_on=yesterday)
    solver = make.make_user(unit=late.solver)

    outcome = run(Code.REMIND_CONTRACTS, make.make_officer(), late, in_time, over)

    assert (outcome.done, codes(outcome)) == ([late.pk], ["nothing_due", "nothing_due"])
    told = Notification.objects.filter(person=solver).get()
    assert told.subject == f"里程碑逾期，请尽快报告：{late.title}"
    assert told.link == f"/contracts/{late.pk}/"


def test_what_one_may_not_know_of_is_refused_as_if_it_were_not_there():
    away = make.make_unit(district=make.make_district("T02", "石桥镇"))
    other = make.make_need(NeedState.SUBMITTED, owner=away)
    outcome = run(Code.ENDORSE_NEEDS, make.make_endorser(), other, 9999)
    assert (outcome.done, codes(outcome)) == ([], ["not_found", "not_found"])
    assert [each.name for each in outcome.refused] == [f"第 {other.pk} 号", "第 9999 号"]
    assert TechNeed.objects.get().state == "submitted"


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("role", [*PlatformRole, None])
def test_who_is_not_meant_is_refused_as_a_whole(code, role):
    scope = "T01" if role == PlatformRole.ENDORSER else ""
    person = make.make_user(*([role] if role else []), scope=scope)
    if role == DEEDS[code].role:
        assert codes(run(code, person, 1)) == ["not_found"]
        return
    with pytest.raises(NotAllowed) as caught:
        run(code, person, 1)
    assert (caught.value.code, Entry.objects.count()) == ("role_required", 0)


def test_there_are_no_other_deeds_and_no_more_than_a_hundred_rows():
    with pytest.raises(NotFound):
        run("delete-all", make.make_officer(), 1)
    with pytest.raises(Invalid) as caught:
        run(Code.CHECK_NEEDS, make.make_officer(), *range(1, 102))
    assert caught.value.code == "too_many_rows"
