"""Judged pairs of use: what counts as what, what stays out, and files that `evaluate` reads."""

import pytest
from django.core.management import call_command

from jiebang.challenges.states import State as ChallengeState
from jiebang.contracts.states import State as ContractState
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import judged
from jiebang.recommendations.models import Feedback, Kind
from matching import judged as collections
from tests.factories import (
    make_award,
    make_challenge,
    make_contract,
    make_need,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db


def say(need, thing, *words):
    for useful in words:
        Feedback.objects.create(
            subject_kind=Kind.NEED, subject_id=need.pk, object_kind=Kind.ACHIEVEMENT,
            object_id=thing.pk, user=make_user(), useful=useful,
        )  # fmt: skip


def grades(need):
    return {(pair.kind, pair.object): pair.grade for pair in judged.pairs() if pair.need == need.pk}


@pytest.mark.parametrize(
    ("words", "grade"),
    [((True,), 3), ((False,), 1), ((True, False), 2), ((True, True, False), 2), ((), None)],
)
def test_what_people_say_is_a_grade(solver, words, grade):
    need, thing = make_need(NeedState.IN_LIBRARY), solver.achievements.first()
    say(need, thing, *words)

    expected = {} if grade is None else {("achievement", thing.pk): grade}
    assert grades(need) == expected


@pytest.mark.parametrize(("useful", "grade"), [(True, 3), (False, 1)])
def test_what_a_unit_says_of_a_challenge_is_said_of_its_need(solver, useful, grade):
    challenge, thing = make_challenge(), solver.achievements.first()
    Feedback.objects.create(
        subject_kind=Kind.ACHIEVEMENT, subject_id=thing.pk, object_kind=Kind.CHALLENGE,
        object_id=challenge.pk, user=make_user(), useful=useful,
    )  # fmt: skip

    assert grades(challenge.need) == {("achievement", thing.pk): grade}


@pytest.mark.parametrize(
    ("challenge", "bid", "grade"),
    [
        (ChallengeState.OPEN, BidState.SUBMITTED, None),
        (ChallengeState.CLOSED, BidState.SUBMITTED, 3),
        (ChallengeState.AWARDED, BidState.AWARDED, 4),
        (ChallengeState.AWARDED, BidState.NOT_AWARDED, 3),
        (ChallengeState.CLOSED, BidState.DRAFT, None),
    ],
)
def test_what_came_of_it_is_a_grade_once_it_is_no_longer_sealed(solver, challenge, bid, grade):
    made = make_challenge(challenge)
    make_proposal(bid, challenge=made, lead=solver)

    expected = {} if grade is None else {("organization", solver.pk): grade}
    assert grades(made.need) == expected


def test_an_accepted_contract_is_the_best_there_is():
    award = make_award()
    make_contract(ContractState.ACCEPTED, award=award)

    assert grades(award.challenge.need) == {("organization", award.proposal.lead_id): 4}


def test_the_command_writes_what_evaluate_reads(solver, tmp_path, capsys):
    need = make_need(NeedState.IN_LIBRARY)
    near, far = solver.achievements.order_by("pk")
    say(need, near, True)
    say(need, far, False)
    say(make_need(NeedState.DRAFT), near, True)

    call_command("export_judged", tmp_path / "used")

    assert capsys.readouterr().out == "需求 1 条，成果和单位 5 个，判定 2 对\n"
    read = collections.read(tmp_path / "used")
    assert read.judged == {
        f"need-{need.pk}": {f"achievement-{near.pk}": 3, f"achievement-{far.pk}": 1}
    }
    (query,) = read.queries
    assert query.fields["title"] == need.title
    assert need.main_problem in query.fields["body"]
