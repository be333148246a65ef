"""Changes after opening: public, with a reason, the old text readable, more time, all told."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.calendars.queries import add_working_days
from jiebang.challenges import amendments
from jiebang.challenges.models import Amendment, Challenge
from jiebang.challenges.states import State
from jiebang.common.errors import DomainError
from jiebang.ledger import queries as ledger
from jiebang.library.models import NeedVersion, TechNeed
from jiebang.library.states import RuleCode, Secrecy
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from jiebang.proposals.states import State as BidState
from tests.factories import (
    indicator_row,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge():
    """One open for bids, of a call that moves the deadline by five days at a change."""
    call = make_call({RuleCode.AMENDMENT_EXTENSION_DAYS: 5})
    return make_challenge(need=make_need(NeedState.POSTED, call=call, indicators=2))


@pytest.fixture
def poster(challenge):
    return make_user(unit=challenge.need.owner)


def later(moment, days):
    """The same time of day so many working days later."""
    end = timezone.localtime(moment)
    return datetime.combine(add_working_days(end.date(), days), end.timetz())


def standing():
    """Everything that a refusal must leave as it was."""
    return (
        list(Challenge.objects.values()),
        list(TechNeed.objects.values()),
        NeedVersion.objects.count(),
        Amendment.objects.count(),
        ledger.head().number,
    )


def test_a_change_is_public_and_moves_the_deadline(challenge, poster):
    before = challenge.closes_at

    made = amendments.amend(
        challenge=challenge, actor=poster, reason="试验条件已落实", data={"bounty": Decimal(900)}
    )

    kept = Challenge.objects.get()
    assert (kept.bounty, kept.closes_at) == (900, later(before, 5))
    assert (made.number, made.closed_before) == (1, before)
    assert [(c.label, c.before, c.after) for c in made.changes] == [
        ("榜单金额（万元）", "800", "900")
    ]
    assert list(ledger.check_all()) == []


def test_the_next_change_counts_on_and_every_text_stays(challenge, poster):
    for bounty in (900, 950):
        amendments.amend(
            challenge=challenge, actor=poster, reason="增加投入", data={"bounty": Decimal(bounty)}
        )

    assert list(Amendment.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    texts = [made.before["bounty"] for made in Amendment.objects.order_by("number")]
    assert (texts, Amendment.objects.get(number=2).after["bounty"]) == (["800", "900"], "950")
    assert [v.content["bounty"] for v in NeedVersion.objects.order_by("number")] == ["900", "950"]


def test_indicators_change_in_place_so_that_answers_stay(challenge, poster):
    bid = make_proposal(challenge=challenge)
    keys = list(challenge.need.indicators.values_list("pk", flat=True))
    rows = [indicator_row(name="指标1", value=Decimal(400)), indicator_row(name="指标2")]

    amendments.amend(
        challenge=challenge,
        actor=poster,
        reason="提高要求",
        data={},
        indicators=[*rows, indicator_row(name="循环寿命", value=Decimal(1000), unit="次")],
    )

    need = TechNeed.objects.get(pk=challenge.need_id)
    assert list(need.indicators.values_list("pk", flat=True))[:2] == keys
    assert [row.target for row in need.indicators.all()] == [
        "≥ 400 Wh/kg",
        "≥ 350 Wh/kg",
        "≥ 1000 次",
    ]
    assert bid.responses.count() == 2


REFUSALS = {
    "no reason": ("reason_required", {"reason": "  "}),
    "nothing changes": ("nothing_changed", {"data": {}}),
    "a column that stays": ("not_amendable", {"data": {"title": "另一个题目"}}),
    "money below zero": ("invalid", {"data": {"bounty": Decimal(-1)}}),
    "an indicator less": (
        "indicator_removed",
        {"data": {}, "indicators": [indicator_row(name="指标1")]},
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_no_change_is_refused_and_changes_nothing(challenge, poster, case):
    code, typed = REFUSALS[case]
    asked = {"reason": "增加投入", "data": {"bounty": Decimal(900)}, **typed}
    before = standing()

    with pytest.raises(DomainError) as refused:
        amendments.amend(challenge=challenge, actor=poster, **asked)

    assert (refused.value.code, standing()) == (code, before)


WHO = {
    "the poster": (lambda c: make_user(unit=c.need.owner), 201, ""),
    "an officer": (lambda c: make_officer(), 201, ""),
    "the poster's viewer": (
        lambda c: make_user(unit=c.need.owner, member_role="viewer"), 403, "viewer_only",
    ),
    "another firm": (lambda c: make_user(unit=make_unit()), 403, "not_the_poster"),
    "a bidder": (
        lambda c: make_user(unit=make_proposal(challenge=c).lead), 403, "not_the_poster",
    ),
    "a stranger": (lambda c: None, 401, "not_authenticated"),
}  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_only_the_poster_and_the_bureau_change_it(client_for, challenge, who):
    person, status, code = WHO[who]
    client = client_for(person(challenge))
    before = standing()

    answer = client.post(
        f"/api/v1/challenges/{challenge.pk}/amendments/",
        {"reason": "增加投入", "changes": {"bounty": "900"}},
    )

    assert (answer.status_code, answer.json().get("code", "")) == (status, code)
    assert (standing() == before) is (status != 201)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.CLOSED, State.FAILED, State.COMPLETED])
def test_only_an_open_challenge_changes(poster, client_for, state):
    need = make_need(NeedState.POSTED)
    thing = make_challenge(state, need=need)
    client = client_for(make_user(unit=need.owner))
    before = standing()

    answer = client.post(
        f"/api/v1/challenges/{thing.pk}/amendments/",
        {"reason": "增加投入", "changes": {"bounty": "900"}},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert standing() == before


def test_bidders_are_told_and_nobody_else(challenge, poster):
    bidder = make_proposal(BidState.SUBMITTED, challenge=challenge).author
    make_user(unit=make_university())

    amendments.amend(
        challenge=challenge, actor=poster, reason="增加投入", data={"bounty": Decimal(900)}
    )

    told = Notification.objects.filter(subject__startswith="榜题有变更")
    assert {note.person_id for note in told} == {bidder.pk, poster.pk}


def test_anyone_reads_the_difference_on_the_page_and_by_the_interface(
    client, client_for, challenge, poster
):
    client.force_login(poster)
    page = client.get(f"/challenges/{challenge.pk}/amend/").content.decode()
    typed = {
        "reason": "增加投入",
        **{name: getattr(challenge.need, name) or "" for name in amendments.AMENDABLE},
        "bounty": "900",
        "indicators-TOTAL_FORMS": "0",
        "indicators-INITIAL_FORMS": "0",
    }
    assert "顺延至" in page
    done = client.post(f"/challenges/{challenge.pk}/amend/", typed)
    assert done["Location"] == f"/challenges/{challenge.pk}/#amendments"
    client.logout()

    page = client.get(f"/challenges/{challenge.pk}/").content.decode()
    assert ("第 1 次变更" in page, "<del>800</del><ins>900</ins>" in page) == (True, True)
    listed = client_for().get(f"/api/v1/challenges/{challenge.pk}/amendments/").json()["results"]
    assert [(c["before"], c["after"]) for c in listed[0]["changes"]] == [("800", "900")]


def test_a_restricted_text_is_not_revealed_by_its_change(client_for, challenge, poster):
    TechNeed.objects.update(secrecy=Secrecy.PLEDGED)
    challenge = Challenge.objects.get()
    data = {"bounty": Decimal(900), "main_problem": "只给签署了承诺的单位看的难题"}
    amendments.amend(challenge=challenge, actor=poster, reason="补充", data=data)

    def fields(person):
        rows = client_for(person).get(f"/api/v1/challenges/{challenge.pk}/amendments/").json()
        return [change["field"] for change in rows["results"][0]["changes"]]

    assert fields(None) == ["bounty"]
    assert fields(poster) == ["main_problem", "bounty"]
