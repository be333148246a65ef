"""Sealed until closing, confidential after: who may read a solution when."""

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.states import State as ChallengeState
from jiebang.proposals import policies, queries
from jiebang.proposals.states import State
from tests.factories import make_challenge, make_proposal, make_university, make_user

pytestmark = pytest.mark.django_db

SEALED = {ChallengeState.SCHEDULED, ChallengeState.OPEN}
NEVER_READ = SEALED | {ChallengeState.WITHDRAWN}  # or an officer could withdraw it to look
READERS = {"own", "poster", PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR}


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


@pytest.mark.parametrize("who", ["own", "poster", "rival", "stranger", "superuser", *PlatformRole])
@pytest.mark.parametrize("standing", ChallengeState)
def test_who_reads_a_handed_in_solution(standing, who):
    proposal = make_proposal(State.SUBMITTED, challenge=make_challenge(standing))
    actor = person(who, proposal)
    reads = who == "own" or (standing not in NEVER_READ and who in READERS)

    assert bool(policies.may_read(actor, proposal)) is reads
    assert queries.visible_to(actor).filter(pk=proposal.pk).exists() is reads
    if standing in SEALED and who != "own":
        assert policies.may_read(actor, proposal).code == "sealed"
    if standing in NEVER_READ and who != "own":
        assert not policies.may_list(actor, proposal.challenge)


@pytest.mark.parametrize("who", sorted(READERS - {"own"}))
@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_a_draft_or_withdrawn_solution_is_never_anybody_elses_affair(state, who):
    proposal = make_proposal(state, challenge=make_challenge(ChallengeState.CLOSED))
    actor = person(who, proposal)
    assert policies.may_read(actor, proposal).code == "not_submitted"
    assert list(queries.visible_to(actor)) == []
    assert list(queries.of_challenge(proposal.challenge)) == []


def test_before_closing_only_the_number_is_known():
    challenge = make_challenge()
    for state in (State.DRAFT, State.SUBMITTED, State.SUBMITTED, State.WITHDRAWN):
        make_proposal(state, challenge=challenge)
    assert queries.count(challenge) == 2
    assert list(queries.opened()) == []
