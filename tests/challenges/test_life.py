"""The life of a challenge: the clock, the officer, and who may see what when."""

from datetime import timedelta

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.challenges import policies, queries, services, tasks
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action, State
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from tests.factories import (
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def stored(challenge):
    return Challenge.objects.get(pk=challenge.pk).state


def need_state():
    return TechNeed.objects.get().state


def post(need, actor=None, start=DAY, length=30 * DAY):
    now = clock.now()
    return services.post(
        need=need,
        actor=actor or make_officer(),
        opens_at=now + start,
        closes_at=now + start + length,
    )


@pytest.mark.parametrize("state", sorted(set(NeedState) - {NeedState.IN_LIBRARY}))
def test_only_a_library_need_is_posted(state):
    need = make_need(state)
    with pytest.raises(WrongState):
        post(need)
    assert (need_state(), Challenge.objects.count(), Entry.objects.count()) == (state, 0, 0)


@pytest.mark.parametrize("role", [*PlatformRole, None])
def test_only_an_officer_posts(role):
    need = make_need(NeedState.IN_LIBRARY)
    if role:
        actor = make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")
    else:
        actor = make_user(unit=need.owner)
    if role == PlatformRole.OFFICER:
        assert post(need, actor).state == State.SCHEDULED
    else:
        with pytest.raises(NotAllowed):
            post(need, actor)
        assert (need_state(), Challenge.objects.count()) == (NeedState.IN_LIBRARY, 0)


@pytest.mark.parametrize(
    ("start", "length", "field"),
    [
        (-DAY, 60 * DAY, "opens_at"),
        (DAY, timedelta(0), "closes_at"),
        (DAY, -DAY, "closes_at"),
        (DAY, 20 * DAY - timedelta(seconds=1), "closes_at"),
    ],
)
def test_times_must_run_forward_and_keep_the_calls_rule(start, length, field):
    need = make_need(NeedState.IN_LIBRARY, call=make_call({"min_bidding_days": 20}))
    with pytest.raises(Invalid) as caught:
        post(need, start=start, length=length)
    assert list(caught.value.fields) == [field]
    assert (need_state(), Challenge.objects.count()) == (NeedState.IN_LIBRARY, 0)


def test_a_need_without_a_call_is_not_posted():
    need = make_need(NeedState.IN_LIBRARY)
    TechNeed.objects.update(call=None)
    need.refresh_from_db()
    with pytest.raises(RuleBroken) as caught:
        post(need)
    assert (caught.value.code, need_state()) == ("call_missing", NeedState.IN_LIBRARY)


def test_times_take_effect_to_the_second_even_before_the_clocks_task_has_run():
    need = make_need(NeedState.IN_LIBRARY)
    challenge = post(need)
    second = timedelta(seconds=1)

    for moment, state in [
        (challenge.opens_at - second, State.SCHEDULED),
        (challenge.opens_at, State.OPEN),
        (challenge.closes_at - second, State.OPEN),
        (challenge.closes_at, State.CLOSED),
    ]:
        with clock.telling(moment):
            assert challenge.state_at(moment) == state
            assert queries.on_the_board().exists() is (state != State.SCHEDULED)
            assert queries.open_now().exists() is (state == State.OPEN)
            assert list(Challenge.objects.filter(queries.standing(state))) == [challenge]
    assert stored(challenge) == State.SCHEDULED


def test_the_clock_opens_and_closes_by_itself_once():
    challenge = post(make_need(NeedState.IN_LIBRARY))
    seen = []
    for moment in (challenge.opens_at, challenge.opens_at, challenge.closes_at):
        with clock.telling(moment):
            tasks.settle_due()
        seen.append(stored(challenge))
    assert seen == [State.OPEN, State.OPEN, State.CLOSED]
    assert list(Entry.objects.filter(actor=None).values_list("action", flat=True)) == [
        "open", "close",
    ]  # fmt: skip


def test_a_clock_that_slept_through_both_times_does_both_steps():
    challenge = post(make_need(NeedState.IN_LIBRARY))
    with clock.telling(challenge.closes_at + DAY):
        tasks.settle_due()
    assert stored(challenge) == State.CLOSED


PATHS = {
    (State.CLOSED, Action.FAIL): State.FAILED,
    (State.SCHEDULED, Action.WITHDRAW): State.WITHDRAWN,
    (State.OPEN, Action.WITHDRAW): State.WITHDRAWN,
    (State.CLOSED, Action.WITHDRAW): State.WITHDRAWN,
}


@pytest.mark.parametrize("action", [Action.FAIL, Action.WITHDRAW])
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(state, action):
    challenge = make_challenge(state)
    officer = make_officer()

    if target := PATHS.get((state, action)):
        services.move(challenge=challenge, action=action, actor=officer, note="理由")
        assert need_state() == NeedState.IN_LIBRARY, "its need can be posted again"
    else:
        target = state
        with pytest.raises(WrongState):
            services.move(challenge=challenge, action=action, actor=officer, note="理由")
        assert need_state() == NeedState.POSTED
    assert stored(challenge) == target


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.FAIL, Action.WITHDRAW}))
def test_what_follows_from_elsewhere_is_nobodys_button(action):
    challenge = make_challenge(State.CLOSED)
    with pytest.raises(NotAllowed):
        services.move(challenge=challenge, action=action, actor=make_officer(), note="理由")
    assert stored(challenge) == State.CLOSED


def test_a_failed_challenge_stays_on_the_board_and_its_need_is_posted_anew():
    challenge = make_challenge(State.CLOSED)
    services.move(challenge=challenge, action="fail", actor=make_officer(), note="无人揭榜")
    again = post(TechNeed.objects.get(), start=timedelta(0))

    assert list(queries.on_the_board()) == [again, challenge]


def test_a_scheduled_challenge_is_known_to_its_unit_and_the_bureau_only():
    challenge = make_challenge(State.SCHEDULED)
    owner, rival = make_user(unit=challenge.need.owner), make_user(unit=make_unit())

    for actor, knows in [(None, False), (rival, False), (owner, True), (make_officer(), True)]:
        assert policies.may_read(actor, challenge) is knows
        assert queries.visible_to(actor).exists() is knows


def test_a_restricted_text_is_kept_from_strangers_and_out_of_the_search():
    need = make_need(NeedState.IN_LIBRARY, secrecy="matched", main_problem="秘密工艺" * 20)
    challenge = post(need, start=timedelta(0))

    readers = [
        (None, False),
        (make_user(), False),
        (make_user(unit=make_unit(state="pending")), False),
        (make_user(unit=make_unit()), True),
        (make_user(unit=need.owner, member_role="viewer"), True),
        (make_officer(), True),
    ]
    for actor, reads in readers:
        assert policies.may_read_details(actor, challenge) is reads
    assert not queries.matching_text(queries.on_the_board(), "秘密工艺").exists()
    assert queries.matching_text(queries.on_the_board(), "固态电池").exists()


def test_a_masked_owner_is_named_nowhere_in_public():
    need = make_need(NeedState.IN_LIBRARY, mask_owner=True, owner=make_unit(name="莞某保密公司"))
    challenge = post(need, start=timedelta(0))
    assert challenge.owner_name == "某企业（名称已隐去）"
    assert "莞某" not in challenge.search_text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("固态电池", 1),
        ("固态 电解质", 1),
        ("ＳＯＬＩＤ", 0),
        ("固態電池", 1),
        ("指标1", 1),
        ("光刻胶", 0),
    ],
)
def test_the_board_is_searched_in_chinese_by_every_word(text, found):
    post(make_need(NeedState.IN_LIBRARY), start=timedelta(0))
    assert queries.matching_text(queries.on_the_board(), text).count() == found


def test_that_it_was_posted_before_and_failed_is_public_on_the_page_and_by_the_interface(client):
    failed = make_challenge(State.FAILED)
    again = make_challenge(need=failed.need)

    page = client.get(f"/challenges/{again.pk}/").content.decode()
    told = client.get(f"/api/v1/challenges/{again.pk}/").json()["earlier_rounds"]

    assert ("张榜后流标" in page, "现为再次张榜" in page) == (True, True)
    assert [row["number"] for row in told] == [failed.number]
    assert client.get(f"/api/v1/challenges/{failed.pk}/").json()["earlier_rounds"] == []
