"""A panel's pages: draw, ask, exception, answer, sign, read; and what the public may repeat."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.challenges.states import State as ChallengeState
from jiebang.experts import draws, queries, seats, services
from jiebang.experts.models import Draw, Seat, Waiver
from jiebang.proposals.states import State as ProposalState
from tests import factories as make

pytestmark = pytest.mark.django_db

NO_QUOTAS = {"quotas-TOTAL_FORMS": "0", "quotas-INITIAL_FORMS": "0", "reason": ""}
SECRET_TEXT = "以湿法合成硫化物粉体"


def quotas(*rows):
    data = {"quotas-TOTAL_FORMS": str(len(rows)), "quotas-INITIAL_FORMS": "0", "reason": ""}
    for n, (field, count) in enumerate(rows):
        data |= {f"quotas-{n}-field": field, f"quotas-{n}-count": count}
    return data


def counts():
    return [kind.objects.count() for kind in (Draw, Seat, Waiver, Entry)]


@pytest.fixture
def challenge():
    closed = make.make_challenge(ChallengeState.CLOSED)
    make.make_proposal(ProposalState.SUBMITTED, challenge=closed)
    return closed


@pytest.fixture
def lead(challenge):
    return challenge.proposals.get().lead


@pytest.fixture
def officer(client):
    user = make.make_officer()
    client.force_login(user)
    return user


def page(name, *args):
    return reverse(f"web:{name}", args=args)


def test_an_officer_draws_and_the_page_says_who_was_left_out_and_why(
    client, challenge, lead, officer
):
    make.make_pooled(unit=lead)
    for _ in range(3):
        make.make_pooled()
    desk = page("officer-panel", challenge.pk)

    assert client.post(desk, quotas(("", "2"))).status_code == 302

    shown = client.get(desk).content.decode()
    assert f"与揭榜牵头单位“{lead.name}”同属一个单位" in shown
    assert [seat.get_state_display() for seat in queries.panel(challenge)] == ["待答复"] * 2
    assert all(str(seat.expert) in shown for seat in queries.panel(challenge))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (quotas(("", "5")), "按领域和单位限制只能抽出 1 名"),
        (quotas(("F99", "1")), "选择一个有效的选项"),
        (quotas(("", "0")), "需要 5 名专家"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_on_the_page(client, challenge, officer, typed, sentence):
    make.make_pooled()
    before = counts()

    answer = client.post(page("officer-panel", challenge.pk), typed)

    assert (answer.status_code, counts()) == (422, before)
    assert sentence in answer.content.decode()


def test_an_exception_goes_from_one_officer_to_another_and_into_the_notice(
    client, challenge, lead, officer
):
    expert, wanted = make.make_pooled(unit=lead), page("officer-invite", challenge.pk)
    for _ in range(3):
        make.make_pooled()
    draw = draws.hold(challenge=challenge, actor=officer, quotas=[{"field": "", "count": 1}])
    before = counts()
    refused = client.post(wanted, {"expert": expert.pk})
    assert (refused.status_code, counts()) == (422, before)
    assert f"与揭榜牵头单位“{lead.name}”同属一个单位" in refused.content.decode()

    client.post(wanted, {"expert": expert.pk, "action": "waive", "note": "国内仅此一家"})
    waiver = Waiver.objects.get()
    decide, before = page("officer-waiver", waiver.pk), counts()
    assert (client.post(decide, {"action": "approve"}).status_code, counts()) == (403, before)
    client.force_login(make.make_officer())
    assert client.post(decide, {"action": "approve"}).status_code == 302
    assert Seat.objects.filter(expert=expert, origin="hand").count() == 1

    public = page("draw", draw.pk)
    client.logout()
    assert "1 项经两名工作人员办理的回避例外" in client.get(public).content.decode()
    challenge.state = ChallengeState.AWARDED
    challenge.save()
    make.make_award(challenge.proposals.get())
    for notice in (public, page("challenge", challenge.pk)):
        shown = client.get(notice).content.decode()
        assert (str(expert) in shown, "国内仅此一家" in shown) == (True, True)


def test_an_exception_stands_in_the_notice_where_no_name_does(client, challenge, lead, officer):
    services.set_rules(call=challenge.call, actor=officer, values={"names_published": False})
    expert = make.make_pooled(unit=lead)
    waiver = services.propose_waiver(
        expert=expert, challenge=challenge, actor=officer, reason="国内仅此一家"
    )
    services.decide_waiver(waiver=waiver, action="approve", actor=make.make_officer())
    make.make_award(challenge.proposals.get())
    challenge.state = ChallengeState.AWARDED
    challenge.save()
    client.logout()

    shown = client.get(page("challenge", challenge.pk)).content.decode()

    assert ("国内仅此一家" in shown, str(expert) in shown) == (True, False)


def test_nobody_s_name_is_public_before_the_award_and_the_file_repeats_the_draw(
    client, challenge, officer
):
    for _ in range(3):
        make.make_pooled()
    draw = draws.hold(challenge=challenge, actor=officer, quotas=[{"field": "", "count": 2}])
    client.logout()

    shown = client.get(page("draw", draw.pk)).content.decode()
    file = json.loads(client.get(page("draw-file", draw.pk)).content)

    everything = shown + json.dumps(file, ensure_ascii=False)
    experts = list(queries.pool())
    told = [t for e in experts for t in (str(e), e.unit_name, e.number) if t in everything]
    assert told == []
    again = draws.lottery.draw(file["seed"], file["pool"], file["quotas"], file["most_of_a_unit"])
    assert again == file["drawn"] == draw.drawn
    assert client.get(page("draws")).status_code == 200


def test_an_expert_answers_signs_and_only_then_reads(client, challenge, officer):
    for _ in range(2):
        make.make_pooled()
    draws.hold(challenge=challenge, actor=officer, quotas=[{"field": "", "count": 1}])
    seat = Seat.objects.get()
    user, bid = seat.expert.user, page("expert-bid", challenge.proposals.get().pk)
    own, move = page("expert-seat", seat.pk), page("expert-seat-move", seat.pk)
    client.force_login(user)

    read = [client.get(bid).status_code]
    client.post(move, {"action": "accept"})
    read.append(client.get(bid).status_code)
    before = counts()
    assert (client.post(own, {"signed_name": "别人"}).status_code, counts()) == (422, before)
    need = challenge.need.key_technology
    shown = [need in client.get(own).content.decode()]
    assert client.post(own, {"signed_name": str(user)}).status_code == 302
    shown.append(need in client.get(own).content.decode())
    opened = client.get(bid)

    assert shown == [False, True]
    assert (read, opened.status_code) == ([403, 403], 200)
    assert SECRET_TEXT in opened.content.decode()
    client.post(move, {"action": "recuse", "note": "发现有合作意向"})
    assert client.get(bid).status_code == 403
    assert Seat.objects.filter(origin="substitute").count() == 1


@pytest.mark.parametrize("who", ["approver", "auditor", "poster", "bidder", "expert", "stranger"])
def test_nobody_else_fills_a_panel_or_answers(client, challenge, lead, who):
    pooled = make.make_pooled()
    seat = seats.invite(expert=make.make_pooled(), challenge=challenge, actor=make.make_officer())
    people = {
        "approver": make.make_approver,
        "auditor": lambda: make.make_user(PlatformRole.AUDITOR),
        "poster": lambda: make.make_user(unit=challenge.need.owner),
        "bidder": lambda: make.make_user(unit=lead),
        "expert": lambda: pooled.user,
    }
    if who in people:
        client.force_login(people[who]())
    call = challenge.call_id
    before = counts()

    heard = [
        client.post(path, body).status_code
        for path, body in [
            (page("officer-panel", challenge.pk), NO_QUOTAS),
            (page("officer-invite", challenge.pk), {"expert": pooled.pk}),
            (page("officer-seat-move", seat.pk), {"action": "remove", "note": "换人"}),
            (page("officer-call-panels", call), {"load_most": 1}),
            (page("officer-call-assign", call), {}),
            (page("expert-seat-move", seat.pk), {"action": "accept"}),
        ]
    ]

    last = {"expert": 404, "stranger": 302}.get(who, 403)
    first = 302 if who == "stranger" else 403
    assert (heard, counts()) == ([first] * 5 + [last], before)


def test_a_call_s_rules_are_set_and_the_best_assignment_is_tried_and_done(
    client, challenge, officer
):
    desk = page("officer-call-panels", challenge.call_id)
    rules = {
        "cooling_years": 3, "panel_size": 2, "most_of_a_unit": 1, "load_least": 0,
        "load_most": 4, "answer_days": 3, "review_days": 10, "names_published": "on",
    }  # fmt: skip
    before = counts()
    wrong = client.post(desk, {**rules, "load_least": 5})
    assert (wrong.status_code, counts()) == (422, before)
    assert client.post(desk, rules).status_code == 302
    assert "可用专家不足" in client.get(f"{desk}?trial=1").content.decode()
    for text in ("固态电池电解质", "减速器"):
        make.make_pooled(keywords=text)

    trial = client.get(f"{desk}?trial=1")
    assert len(trial.context["given"]) == 2
    assert Seat.objects.count() == 0
    assert client.post(page("officer-call-assign", challenge.call_id)).status_code == 302

    assert [seat.get_origin_display() for seat in queries.panel(challenge)] == ["统筹分派"] * 2


def test_a_sealed_challenge_shows_no_pool_and_takes_no_draw(client, officer):
    sealed = make.make_challenge(ChallengeState.OPEN)
    lead = make.make_proposal(ProposalState.SUBMITTED, challenge=sealed).lead
    make.make_pooled(unit=lead)
    desk = page("officer-panel", sealed.pk)
    before = counts()

    assert lead.name not in client.get(desk).content.decode()
    assert (client.post(desk, NO_QUOTAS).status_code, counts()) == (409, before)


def test_a_long_pool_takes_the_queries_of_a_short_one(client, challenge, officer):
    asked = []
    for more in (3, 40):
        for _ in range(more):
            unit = make.make_unit()
            tie = {"kind": "past_unit", "unit": unit, "unit_name": unit.name}
            make.make_pooled(user=make.make_user(PlatformRole.EXPERT), unit=unit, ties=[tie])
        client.get(page("officer-panel", challenge.pk))
        with CaptureQueriesContext(connection) as captured:
            shown = client.get(page("officer-panel", challenge.pk)).context["page_obj"]
        asked.append((shown.paginator.count, len(captured)))

    assert asked == [(3, asked[0][1]), (43, asked[0][1])]
