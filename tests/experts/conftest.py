"""A closed challenge with two solutions, as the bureau has it before the review."""

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.proposals.states import State as ProposalState
from tests import factories as make


@pytest.fixture
def challenge(db):
    """A closed challenge; its solutions come from two universities, led by 林之远."""
    closed = make.make_challenge(ChallengeState.CLOSED)
    for _ in range(2):
        make.make_proposal(ProposalState.SUBMITTED, challenge=closed)
    return closed


@pytest.fixture
def lead(challenge):
    """The unit of the first solution."""
    return challenge.proposals.order_by("pk").first().lead


@pytest.fixture
def officer(db):
    return make.make_officer()
