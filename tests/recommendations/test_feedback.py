"""Useful or not: one word a person and a pair, kept with what it was said of, and recorded."""

import pytest
from django.contrib.auth.models import AnonymousUser

from jiebang.audit.models import Entry
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.library.states import State as NeedState
from jiebang.recommendations import queries, services
from jiebang.recommendations.models import Feedback, Kind, Match
from tests.factories import make_challenge, make_need, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(solver):
    need = make_need(NeedState.POSTED)
    services.refresh_all()
    return need


@pytest.fixture
def say(need, solver):
    """Say what the pairing of the need with the result that answers it is worth."""
    answer = solver.achievements.get(title__startswith="硫化物")

    def judge(actor, useful, **other):
        pair = {
            "subject_kind": Kind.NEED,
            "subject_id": need.pk,
            "object_kind": Kind.ACHIEVEMENT,
            "object_id": answer.pk,
        }
        return services.give_feedback(actor=actor, useful=useful, **{**pair, **other})

    return judge


def test_a_word_is_kept_with_the_score_it_was_said_of_and_shown_to_who_said_it(need, say):
    officer, colleague = make_officer(), make_officer()
    match = Match.objects.get(run__subject_kind=Kind.NEED, run__object_kind=Kind.ACHIEVEMENT)

    said = say(officer, True)

    assert (said.useful, said.score, said.engine) == (True, match.score, match.run.engine)
    (card,) = queries.run_for(officer, Kind.NEED, need, Kind.ACHIEVEMENT).matches
    (other,) = queries.run_for(colleague, Kind.NEED, need, Kind.ACHIEVEMENT).matches
    assert (card.feedback, other.feedback) == (True, None)


def test_a_second_word_replaces_the_first_and_the_same_word_changes_nothing(say):
    officer = make_officer()
    say(officer, True)
    say(officer, False)
    say(officer, False)

    assert list(Feedback.objects.values_list("user", "useful")) == [(officer.pk, False)]
    assert list(Entry.objects.values_list("label", flat=True)) == ["评价匹配有用", "评价匹配无用"]


def test_a_word_can_be_taken_back(say):
    officer = make_officer()
    say(officer, True)

    assert say(officer, None) is None
    assert say(officer, None) is None

    assert not Feedback.objects.exists()
    assert Entry.objects.last().label == "收回匹配评价"


def test_what_is_said_on_a_challenge_is_said_of_its_need(need, say):
    officer = make_officer()
    challenge = make_challenge(need=need)

    said = say(officer, True, subject_kind=Kind.CHALLENGE, subject_id=challenge.pk)

    assert (said.subject_kind, said.subject_id) == (Kind.NEED, need.pk)
    assert say(officer, True) == said


@pytest.mark.parametrize(
    ("who", "other", "refusal"),
    [
        (AnonymousUser, {}, NotAllowed),
        (lambda: make_user(unit=make_unit()), {}, NotFound),
        (make_officer, {"object_id": 10**6}, NotFound),
        (make_officer, {"object_kind": Kind.NEED}, NotFound),
        (make_officer, {"object_kind": "unheard"}, NotFound),
        (make_officer, {"subject_kind": "unheard"}, NotFound),
    ],
)
def test_who_may_not_see_a_pair_may_not_judge_it(say, who, other, refusal):
    with pytest.raises(refusal):
        say(who(), True, **other)

    assert (Feedback.objects.count(), Entry.objects.count()) == (0, 0)
