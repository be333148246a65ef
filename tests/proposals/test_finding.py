"""Looking one solution up: who is told that it is sealed, and to whom it does not exist."""

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.audit.services import record
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.proposals import queries
from jiebang.proposals.states import State
from tests.factories import make_challenge, make_proposal, make_university, make_user

pytestmark = pytest.mark.django_db

TOLD = {"poster", PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR}


def person(who, proposal):
    match who:
        case "own":
            return make_user(unit=proposal.lead, member_role="viewer")
        case "poster":
            return make_user(unit=proposal.challenge.need.owner)
        case "rival":
            return make_proposal(State.SUBMITTED, challenge=proposal.challenge).author
        case "stranger":
            return make_user(unit=make_university())
        case "superuser":
            return make_user(is_superuser=True, is_staff=True)
        case role:
            return make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")


def answer(who, proposal):
    try:
        return queries.find(person(who, proposal), proposal.pk) == proposal
    except NotAllowed as refusal:
        return refusal.code
    except NotFound:
        return None


@pytest.mark.parametrize("who", ["own", "poster", "rival", "stranger", "superuser", *PlatformRole])
@pytest.mark.parametrize("standing", [ChallengeState.OPEN, ChallengeState.CLOSED])
@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.WITHDRAWN])
def test_who_finds_a_solution(standing, state, who):
    proposal = make_proposal(state, challenge=make_challenge(standing))
    if who == "own":
        expected = True
    elif state != State.SUBMITTED or who not in TOLD | {"superuser"}:
        expected = None
    elif who == "superuser" and standing != ChallengeState.OPEN:
        expected = None  # runs the machines, and is no party
    else:
        expected = "sealed" if standing == ChallengeState.OPEN else True

    assert answer(who, proposal) == expected


def test_there_is_no_solution_under_a_number_that_nobody_has():
    with pytest.raises(NotFound):
        queries.find(make_user(PlatformRole.OFFICER), 4711)


def test_only_solutions_that_were_handed_in_are_counted():
    one, none = make_challenge(), make_challenge()
    for state in (State.DRAFT, State.SUBMITTED, State.SUBMITTED, State.WITHDRAWN):
        make_proposal(state, challenge=one)

    counted = queries.counted(Challenge.objects.all())

    assert {c.pk: c.bid_count for c in counted} == {one.pk: 2, none.pk: 0}


def test_the_record_of_a_sealed_solution_is_left_out():
    sealed = make_proposal(State.SUBMITTED)
    closed = make_challenge(ChallengeState.CLOSED)
    opened = make_proposal(State.SUBMITTED, challenge=closed)
    for thing in (sealed, opened, closed):
        record(actor=None, thing=thing, action="submit", label="提交")

    left = queries.without_sealed(Entry.objects.all())

    assert [entry.thing_id for entry in left.filter(thing_type="proposals.proposal")] == [opened.pk]
    assert left.filter(thing_type="challenges.challenge").count() == 1
