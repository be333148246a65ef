"""Before the closing time nobody at the bureau learns who bids or what; after it, side by side."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.awards.models import Award
from jiebang.challenges import services as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.library.states import State
from jiebang.proposals import services as proposals
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State as BidState
from tests.factories import (
    make_approver,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
    proposal_content,
)

pytestmark = pytest.mark.django_db

SECRETS = ("南屏大学", "欧阳明志", "原位包覆降低界面阻抗", "612.50", "7391.25")
GIVEN = {"amount": "600", "grant": "100", "reason": "技术路线成熟，指标全部响应，团队经验丰富"}


@pytest.fixture
def challenge():
    """An open challenge with one solution that was handed in through the service."""
    need = make_need(State.IN_LIBRARY)
    now = timezone.now()
    made = challenges.post(
        need=need, actor=make_officer(), opens_at=now, closes_at=now + timedelta(days=10)
    )
    university = make_university(name="南屏大学")
    professor = make_user(unit=university, display_name="欧阳明志")
    bid = proposals.start(challenge=made, lead=university, actor=professor)
    content = proposal_content(
        pi_name="欧阳明志",
        technical_route="以原位包覆降低界面阻抗",
        asked_amount=Decimal("612.5"),
    )
    (indicator,) = need.indicators.all()
    answers = {indicator.pk: {"value": Decimal("7391.25"), "method": "第三方检测"}}
    proposals.save(proposal=bid, actor=professor, data=content, responses=answers)
    proposals.submit(proposal=bid, actor=professor)
    return made


def bureau():
    return {
        "officer": make_officer(),
        "approver": make_approver(),
        "auditor": make_user(PlatformRole.AUDITOR),
    }


@pytest.mark.parametrize("role", ["officer", "approver", "auditor"])
def test_while_it_is_open_every_page_of_the_bureau_says_how_many_and_no_more(
    client, challenge, role
):
    client.force_login(bureau()[role])
    pages = [
        reverse("web:officer-award", args=[challenge.pk]),
        reverse("web:officer-challenges"),
        reverse("web:officer-dashboard"),
        reverse("web:officer-unclaimed"),
        reverse("web:audit-log"),
        reverse("web:audit-log") + "?kind=proposals.proposal",
    ]

    texts = [client.get(page).content.decode() for page in pages]
    searched = client.get(reverse("web:audit-log"), {"q": "欧阳明志"}).content.decode()

    assert "已收到 1 份揭榜书，截止前密封" in texts[0]
    assert "1 份" in texts[1]
    assert [secret for secret in SECRETS if any(secret in text for text in texts)] == []
    assert "没有符合条件的记录" in searched


def test_while_it_is_open_the_solution_itself_is_refused_to_the_bureau_and_unknown_to_others(
    client, challenge
):
    bid = Proposal.objects.get()
    poster = make_user(unit=challenge.need.owner)
    rival = make_user(unit=make_university())
    answers = {}
    for name, person in {**bureau(), "poster": poster, "rival": rival}.items():
        client.force_login(person)
        response = client.get(reverse("web:officer-bid", args=[bid.pk]))
        answers[name] = response.status_code
        assert not any(secret in response.content.decode() for secret in SECRETS)

    assert answers == {
        "officer": 403,
        "approver": 403,
        "auditor": 403,
        "poster": 403,
        "rival": 404,
    }


def test_after_the_closing_time_bids_stand_side_by_side_even_if_the_clock_s_task_is_late(
    client, challenge
):
    client.force_login(make_approver())
    with clock.telling(challenge.closes_at + timedelta(seconds=1)):
        text = client.get(reverse("web:officer-award", args=[challenge.pk])).content.decode()

    assert challenge.state == ChallengeState.OPEN
    assert [secret for secret in SECRETS if secret in text] == [
        "南屏大学", "欧阳明志", "612.50", "7391.25",
    ]  # fmt: skip
    assert "1/1 项" in text


def test_promises_that_are_not_enough_are_marked(client):
    challenge = make_challenge(ChallengeState.CLOSED)
    weak = make_proposal(BidState.SUBMITTED, challenge=challenge)
    weak.responses.update(value=300)
    make_proposal(BidState.SUBMITTED, challenge=challenge)
    make_proposal(BidState.DRAFT, challenge=challenge, lead=make_university(name="未提交大学"))
    client.force_login(make_officer())

    text = client.get(reverse("web:officer-award", args=[challenge.pk])).content.decode()

    assert (text.count(">达到<"), text.count(">未达到<")) == (1, 1)
    assert "0/1 项" in text
    assert "未提交大学" not in text


def test_an_award_is_made_from_the_page(client):
    challenge = make_challenge(ChallengeState.CLOSED)
    bid = make_proposal(BidState.SUBMITTED, challenge=challenge)
    client.force_login(make_approver())
    address = reverse("web:officer-award", args=[challenge.pk])

    text = client.post(address, {**GIVEN, "proposal": bid.pk}, follow=True).content.decode()

    award = Award.objects.get()
    assert (award.proposal, award.amount, award.grant) == (bid, 600, 100)
    assert "已定榜" in text
    assert award.contract.number in text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "9999"}, "中榜金额不得超过榜单金额 800.00 万元"),
        ({"amount": "很多"}, "输入一个数字"),
        ({"grant": "601"}, "财政补助应在零与中榜金额之间"),
        ({"grant": "301"}, "财政补助超过本批次上限 300.00 万元"),
        ({"reason": "好"}, "至少 10 字"),
        ({"proposal": ""}, "请选择中榜的揭榜书"),
    ],
)
def test_a_faulty_award_is_told_at_its_field_keeps_what_was_typed_and_decides_nothing(
    client, change, sentence
):
    need = make_need(State.POSTED, call=make_call({"max_grant": 300}))
    challenge = make_challenge(ChallengeState.CLOSED, need=need)
    bid = make_proposal(BidState.SUBMITTED, challenge=challenge)
    client.force_login(make_approver())
    typed = {**GIVEN, "proposal": bid.pk, **change}

    response = client.post(reverse("web:officer-award", args=[challenge.pk]), typed)

    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert typed["reason"] in text
    challenge.refresh_from_db()
    bid.refresh_from_db()
    assert (challenge.state, bid.state, Award.objects.count()) == ("closed", "submitted", 0)


@pytest.mark.parametrize(
    ("person", "state", "status"),
    [
        (make_officer, ChallengeState.CLOSED, 403),
        (make_approver, ChallengeState.OPEN, 409),
        (make_approver, ChallengeState.AWARDED, 409),
    ],
)
def test_nobody_awards_without_the_role_or_at_another_time(client, person, state, status):
    challenge = make_challenge(state)
    bid = make_proposal(BidState.SUBMITTED, challenge=challenge)
    client.force_login(person())

    response = client.post(
        reverse("web:officer-award", args=[challenge.pk]), {**GIVEN, "proposal": bid.pk}
    )

    challenge.refresh_from_db()
    assert (response.status_code, challenge.state, Award.objects.count()) == (status, state, 0)


def test_an_approver_who_belongs_to_a_bidder_has_no_form(client):
    challenge = make_challenge(ChallengeState.CLOSED)
    bid = make_proposal(BidState.SUBMITTED, challenge=challenge)
    client.force_login(make_approver(unit=bid.lead))
    address = reverse("web:officer-award", args=[challenge.pk])

    assert "作出中榜决定" not in client.get(address).content.decode()
    assert client.post(address, {**GIVEN, "proposal": bid.pk}).status_code == 403
    assert not Award.objects.exists()


def test_a_challenge_fails_with_a_reason_and_its_need_returns_to_the_library(client):
    challenge = make_challenge(
        ChallengeState.CLOSED, need=make_need(State.POSTED, owner=make_unit())
    )
    client.force_login(make_officer())
    address = reverse("web:officer-challenge-move", args=[challenge.pk])

    client.post(address, {"action": "fail", "note": ""})
    challenge.refresh_from_db()
    assert challenge.state == "closed"

    client.post(address, {"action": "fail", "note": "没有揭榜书达到约束性指标"})
    challenge.refresh_from_db()
    assert (challenge.state, challenge.need.state) == ("failed", "in_library")
