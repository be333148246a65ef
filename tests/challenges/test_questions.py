"""Questions without revealing who asks, their window, and answers that change what is asked."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.audit.models import Entry
from jiebang.calendars.queries import add_working_days
from jiebang.challenges import questions
from jiebang.challenges.models import Amendment, Challenge, Clarification, Contact, Question
from jiebang.challenges.states import State
from jiebang.common.errors import DomainError
from jiebang.ledger import queries as ledger
from jiebang.library.states import RuleCode
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from tests.factories import (
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
    call = make_call({RuleCode.QUESTIONS_END_DAYS: 7, RuleCode.AMENDMENT_EXTENSION_DAYS: 5})
    return make_challenge(need=make_need(NeedState.POSTED, call=call))


@pytest.fixture
def poster(challenge):
    return make_user(unit=challenge.need.owner, display_name="发榜赵经理")


@pytest.fixture
def asker():
    return make_user(unit=make_university(), display_name="提问林教授")


@pytest.fixture
def question(challenge, asker):
    return questions.ask(challenge=challenge, actor=asker, text="测试温度是否可以放宽？")


def later(moment, days):
    """The same time of day so many working days later."""
    end = timezone.localtime(moment)
    return datetime.combine(add_working_days(end.date(), days), end.timetz())


def standing():
    return (
        list(Question.objects.values()),
        list(Challenge.objects.values()),
        Amendment.objects.count(),
        Clarification.objects.count(),
        Contact.objects.count(),
        ledger.head().number,
    )


def shown(client, challenge):
    return client.get(f"/api/v1/challenges/{challenge.pk}/questions/").json()["results"]


def test_the_poster_reads_the_question_and_not_who_asks(
    client, client_for, challenge, poster, asker, question
):
    rows = client_for(poster).get(f"/api/v1/challenges/{challenge.pk}/questions/")
    client.force_login(poster)
    page = client.get(f"/challenges/{challenge.pk}/").content.decode()

    assert [row["text"] for row in rows.json()["results"]] == ["测试温度是否可以放宽？"]
    assert "测试温度是否可以放宽？" in page
    for text in (rows.content.decode(), page):
        assert (asker.display_name in text, asker.username in text) == (False, False)
    assert list(Entry.objects.filter(action="ask").values_list("actor_name", flat=True)) == ["系统"]


def test_an_unanswered_question_is_for_its_asker_and_the_poster(
    client_for, challenge, poster, asker, question
):
    readers = {"stranger": None, "asker": asker, "poster": poster, "rival": make_user()}

    assert {n: len(shown(client_for(p), challenge)) for n, p in readers.items()} == {
        "stranger": 0, "asker": 1, "poster": 1, "rival": 0,
    }  # fmt: skip


def test_an_answer_is_public_and_every_follower_is_told(
    client_for, challenge, poster, asker, question
):
    bidder = make_proposal(challenge=challenge).author

    answer = client_for(poster).post(
        f"/api/v1/questions/{question.pk}/answer/", {"text": "不可以，按原条件测试。"}
    )

    assert (answer.status_code, answer.json()["answer"]) == (200, "不可以，按原条件测试。")
    assert [row["answer"] for row in shown(client_for(), challenge)] == ["不可以，按原条件测试。"]
    told = Notification.objects.filter(subject__startswith="榜题提问已答复")
    assert {note.person_id for note in told} == {asker.pk, bidder.pk, poster.pk}
    assert list(ledger.check_all()) == []


def test_a_question_after_the_window_is_refused(client_for, challenge, asker):
    Challenge.objects.update(closes_at=timezone.now() + timedelta(days=7))
    before = standing()

    answer = client_for(asker).post(
        f"/api/v1/challenges/{challenge.pk}/questions/", {"text": "还能问吗？"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "questions_closed")
    assert standing() == before


WHO_ASKS = {
    "the poster": (lambda c: make_user(unit=c.need.owner), 403, "own_challenge"),
    "a person without a unit": (lambda c: make_user(), 403, "no_unit"),
    "a firm": (lambda c: make_user(unit=make_unit()), 201, ""),
    "a stranger": (lambda c: None, 401, "not_authenticated"),
}


@pytest.mark.parametrize("who", WHO_ASKS)
def test_units_ask_and_nobody_else(client_for, challenge, who):
    person, status, code = WHO_ASKS[who]
    client, before = client_for(person(challenge)), standing()

    answer = client.post(f"/api/v1/challenges/{challenge.pk}/questions/", {"text": "能否放宽？"})

    assert (answer.status_code, answer.json().get("code", "")) == (status, code)
    assert (standing() == before) is (status != 201)


WHO_ANSWERS = {
    "the poster of another challenge": (
        lambda c: make_user(unit=make_challenge().need.owner), 403, "not_the_poster",
    ),
    "a bidder": (lambda c: make_user(unit=make_university()), 403, "not_the_poster"),
    "an officer": (lambda c: make_officer(), 200, ""),
}  # fmt: skip


@pytest.mark.parametrize("who", WHO_ANSWERS)
def test_only_its_poster_and_the_bureau_answer(client_for, challenge, question, who):
    person, status, code = WHO_ANSWERS[who]
    client, before = client_for(person(challenge)), standing()

    answer = client.post(f"/api/v1/questions/{question.pk}/answer/", {"text": "按原条件。"})

    assert (answer.status_code, answer.json().get("code", "")) == (status, code)
    assert (standing() == before) is (status != 200)


def test_an_answer_that_changes_the_requirement_without_a_change_is_not_published(
    client_for, challenge, poster, question
):
    before = standing()

    answer = client_for(poster).post(
        f"/api/v1/questions/{question.pk}/answer/",
        {"text": "可以放宽。", "changes_requirement": True},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "amendment_required")
    assert standing() == before


def test_an_answer_that_changes_the_requirement_brings_the_change_and_more_time(
    client_for, challenge, poster, question
):
    answer = client_for(poster).post(
        f"/api/v1/questions/{question.pk}/answer/",
        {"text": "可以放宽。", "changes_requirement": True, "changes": {"term_months": 30}},
    )

    made = Amendment.objects.get()
    assert (answer.status_code, answer.json()["amendment"]) == (200, made.number)
    assert Challenge.objects.get().closes_at == later(challenge.closes_at, 5)
    assert [(c.field, c.before, c.after) for c in made.changes] == [("term_months", "24", "30")]


def test_a_question_is_answered_once(challenge, poster, question):
    stale = Question.objects.get()
    questions.answer(question=question, actor=poster, text="按原条件。")
    before = standing()

    with pytest.raises(DomainError) as refused:
        questions.answer(question=stale, actor=poster, text="另一个答复。")

    assert (refused.value.code, standing()) == ("stale", before)


def test_nothing_is_said_after_closing(challenge, poster, question):
    Challenge.objects.update(state=State.CLOSED, closes_at=timezone.now())
    question, before = Question.objects.get(), standing()

    for say in (
        lambda: questions.answer(question=question, actor=poster, text="按原条件。"),
        lambda: questions.clarify(challenge=question.challenge, actor=poster, text="说明。"),
    ):
        with pytest.raises(DomainError) as refused:
            say()
        assert (refused.value.code, standing()) == ("wrong_state", before)


def test_a_clarification_reaches_everybody_at_once(client_for, challenge, poster):
    bidder = make_proposal(challenge=challenge).author
    questions.clarify(challenge=challenge, actor=poster, text="样品由发榜单位提供。")

    rows = client_for().get(f"/api/v1/challenges/{challenge.pk}/clarifications/").json()["results"]
    assert [row["text"] for row in rows] == ["样品由发榜单位提供。"]
    told = Notification.objects.filter(subject__startswith="榜题有澄清")
    assert {note.person_id for note in told} == {bidder.pk, poster.pk}


def test_a_meeting_is_recorded_for_those_who_met(client_for, challenge, poster, asker):
    university = asker.memberships.get().organization
    typed = {
        "unit": university.pk,
        "held_on": timezone.localdate().isoformat(),
        "way": "on_site",
        "parties": "发榜方三人，高校两人",
        "outcome": "确认样品规格，月底送样。",
    }
    url = f"/api/v1/challenges/{challenge.pk}/contacts/"

    assert client_for(asker).post(url, typed).json()["code"] == "not_the_poster"
    late = {**typed, "held_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    assert client_for(poster).post(url, late).status_code == 422
    assert Contact.objects.count() == 0
    assert client_for(poster).post(url, typed).status_code == 201

    readers = {"poster": poster, "asker": asker, "rival": make_user(unit=make_unit())}
    found = {n: len(client_for(p).get(url).json()["results"]) for n, p in readers.items()}
    assert found == {"poster": 1, "asker": 1, "rival": 0}


def test_asking_and_answering_by_the_pages(client, challenge, poster, asker):
    client.force_login(asker)
    assert (
        client.post(f"/challenges/{challenge.pk}/ask/", {"text": "能否放宽？"}).status_code == 302
    )
    client.force_login(poster)
    question = Question.objects.get()
    rows = {"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0"}
    kept = {name: getattr(challenge.need, name) or "" for name in ("main_problem", "ip_terms")}
    need = {"key_technology": challenge.need.key_technology, "total_budget": Decimal(1200)}
    need |= {"expected_goal": challenge.need.expected_goal, "bounty": 800, "term_months": 24}
    typed = {"text": "可以。", **rows, **kept, **need}
    url = f"/questions/{question.pk}/answer/"

    refused = client.post(url, {**typed, "changes_requirement": "on"})
    assert (refused.status_code, "须同时发布变更公告" in refused.content.decode()) == (422, True)
    assert Question.objects.get().answered_at is None
    assert client.post(url, typed).status_code == 302
    client.logout()
    assert "可以。" in client.get(f"/challenges/{challenge.pk}/").content.decode()
