"""The city's decisions, objections and integrity records, one in every state."""

from datetime import timedelta

from jiebang.awards.models import Decision, Inquiry, Objection
from jiebang.awards.states import PUBLIC, DecisionState, ObjectionState
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.integrity.states import Sanction
from jiebang.integrity.states import State as RecordState
from jiebang.proposals.states import State as BidState
from tests import factories as make
from tests.integrity.steps import make_record


def add(world):
    """Put them into the city."""
    officer, bidder = world.people["经办"], world.units.bidder
    for state in DecisionState:
        challenge = make.make_challenge(ChallengeState.CLOSED)
        bid = make.make_proposal(BidState.SUBMITTED, challenge=challenge, lead=bidder)
        end = clock.today() + timedelta(days=7) if state in PUBLIC else None
        decision = Decision.objects.create(
            challenge=challenge,
            state=state,
            reason="技术路线成熟，指标全部响应",
            proposed_by=officer,
            resolved_by=world.people["审批"],
            published_at=clock.now(),
            notice_ends_on=end,
        )
        decision.choices.create(proposal=bid, lane=1, amount=500)
        world.add("decision", state.value, decision)
    for state in ObjectionState:
        challenge = make.make_challenge(ChallengeState.CLOSED)
        bid = make.make_proposal(BidState.SUBMITTED, challenge=challenge, lead=bidder)
        objection = Objection.objects.create(
            decision=Decision.objects.create(
                challenge=challenge,
                state=DecisionState.FROZEN,
                reason="技术路线成熟",
                proposed_by=make.make_officer(),
                notice_ends_on=clock.today() + timedelta(days=7),
                days_left=3,
            ),
            unit=bidder,
            objector=world.people["揭榜方管理员"],
            signed_name=bid.author.display_name,
            text="评分依据不足",
            evidence="检测报告",
            state=state,
            reply_by=clock.today(),
        )
        world.add("objection", state.value, objection)
    _papers(world, officer)
    for standing in RecordState:
        held = make_record(
            bidder, Sanction.WARNING, state=standing, entered_by=world.people["经办"]
        )
        world.add("integrity", standing.value, held)


def _papers(world, officer):
    """What was found out about a solution, and the dossiers of what is open."""
    bid = world.kinds["proposal"]["opened"].thing
    inquiry = Inquiry.objects.create(
        proposal=bid, kind="visit", held_on=clock.today(), people="陈一", checked="中试线",
        found="设备到位", finding="confirmed", noted_by=officer,
    )  # fmt: skip
    world.add("inquiry", "made", inquiry)
    for label in ("sealed", "opened"):
        bid = world.kinds["proposal"][label].thing
        world.add("casefile", label, bid, pk=bid.pk, form="docx")
    for label in ("open", "closed"):
        thing = world.kinds["challenge"][label].thing
        world.add("reviewed", label, thing, pk=thing.pk, form="docx")
