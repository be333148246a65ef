"""Questions asked of reviews, decisions, notices and awards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DecimalField, F, Max, Min, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce

from jiebang.accounts.models import PlatformRole, User
from jiebang.approvals.hearings import days_left as days_left
from jiebang.awards import ranking
from jiebang.awards.models import Award, Decision, DecisionRules, Inquiry, Objection, Review
from jiebang.awards.states import LIVE, PUBLIC, UNDER_WAY, DecisionState, ObjectionState
from jiebang.calendars import queries as calendar
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.experts import exceptions
from jiebang.experts.states import HELD, SeatState
from jiebang.library.models import Call
from jiebang.library.policies import BUREAU
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal

HANDLERS = (PlatformRole.APPROVER, PlatformRole.AUDITOR)  # of objections
FULL = 100  # what the weights of a call's criteria sum to
USUAL = (
    ("研究基础", 15),
    ("内容目标", 15),
    ("方法路线", 20),
    ("团队", 15),
    ("进度", 10),
    ("成果", 15),
    ("价格", 10),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A solution in the ranking; without a review it has no place yet."""

    proposal: Proposal
    ranked: ranking.Ranked | None
    disputed: bool


def published() -> QuerySet[Award]:
    """Return the awards, which are public, newest first."""
    return Award.objects.select_related("challenge__need__owner", "proposal__lead").order_by("-pk")


def rules_of(call: Call) -> DecisionRules:
    """Return what the call sets, or the standard rules, unsaved: in steps, with review and notice.

    What nobody has set must still be defended before a bidder who lost.
    """
    return DecisionRules.objects.filter(call=call).first() or DecisionRules(call=call)


def criteria_of(call: Call) -> list[tuple[str, int]]:
    """Return what experts score and the most points of each; the usual form where none is set."""
    own = list(call.bid_criteria.values_list("name", "weight"))
    return own or list(USUAL)


def standings(challenge: Challenge) -> list[Standing]:
    """Return the solutions, best first, unscored ones last. Three queries."""
    rules = rules_of(challenge.call)
    bids = {bid.pk: bid for bid in proposals.of_challenge(challenge)}
    totals: dict[int, list[object]] = {key: [] for key in bids}
    for key, total in Review.objects.filter(proposal__in=bids).values_list("proposal", "total"):
        totals[key].append(total)
    ranked = ranking.rank(totals, rules.method)  # type: ignore[arg-type]
    found = [
        Standing(
            bids[row.key],
            row,
            row.spread > rules.spread_most and row.reviews < rules.reviews_if_spread,
        )
        for row in ranked
    ]
    placed = {row.key for row in ranked}
    return found + [
        Standing(bid, None, disputed=False) for k, bid in bids.items() if k not in placed
    ]


def unready(challenge: Challenge) -> list[str]:
    """Return what the ranking lacks before a decision can be proposed, as sentences."""
    rules = rules_of(challenge.call)
    lacking = []
    for row in standings(challenge):
        name, count = row.proposal.lead.name, row.ranked.reviews if row.ranked else 0
        if count < rules.reviews_least:
            lacking.append(f"{name}的揭榜书须有 {rules.reviews_least} 名专家评审，现有 {count} 名")
        elif row.disputed and row.ranked:
            lacking.append(
                f"{name}的评分相差 {row.ranked.spread:f} 分，超过上限 {rules.spread_most:f} 分，"
                f"须增加专家，至少 {rules.reviews_if_spread} 名"
            )
        if rules.opinion_required and not hasattr(row.proposal, "opinion"):
            lacking.append(f"{name}的揭榜书还没有发榜方论证")
    return lacking


def inquiries_of(*bids: Proposal) -> QuerySet[Inquiry]:
    """Return what was found out about the solutions, oldest first."""
    rows = Inquiry.objects.filter(proposal__in=bids).select_related("proposal__lead", "noted_by")
    return rows.order_by("held_on", "pk")


def not_inquired(bids: Iterable[Proposal]) -> list[str]:
    """Return the leads of the solutions that nobody has looked into."""
    known = set(Inquiry.objects.filter(proposal__in=bids).values_list("proposal", flat=True))
    return [bid.lead.name for bid in bids if bid.pk not in known]


def disputed() -> QuerySet[Challenge]:
    """Return the undecided challenges where scores lie too far apart for the experts there are.

    One query; `rules` of a call without a row are the defaults.
    """
    standard = DecisionRules()
    apart = (
        Review.objects.filter(proposal__challenge__state=ChallengeState.CLOSED)
        .exclude(proposal__challenge__decisions__state__in=LIVE)
        .values("proposal")
        .annotate(
            apart=Max("total") - Min("total"),
            given=Count("pk"),
            most=Coalesce(
                "proposal__challenge__call__decision_rules__spread_most",
                Value(standard.spread_most, output_field=DecimalField()),
            ),
            wanted=Coalesce(
                "proposal__challenge__call__decision_rules__reviews_if_spread",
                Value(standard.reviews_if_spread),
            ),
        )
        .filter(apart__gt=F("most"), given__lt=F("wanted"))
    )
    rows = Challenge.objects.filter(proposals__in=apart.values("proposal"))
    return rows.select_related("need__owner").distinct().order_by("closes_at", "pk")


def to_propose() -> QuerySet[Challenge]:
    """Return the closed challenges whose experts have all scored and that wait for a decision.

    Those of calls that award in one step are the approvers' affair.
    """
    closed = Challenge.objects.filter(
        challenges.standing(ChallengeState.CLOSED), proposals__state__in=proposals.HANDED_IN
    )
    stepwise = closed.exclude(call__decision_rules__in_steps=False)
    undecided = stepwise.exclude(decisions__state__in=LIVE)
    undecided = undecided.filter(seats__state=SeatState.DONE).exclude(seats__state__in=HELD)
    return undecided.select_related("need__owner", "call").distinct().order_by("closes_at", "pk")


def to_award_at_once() -> QuerySet[Challenge]:
    """Return the closed challenges of calls that award in one step, first closed."""
    closed = Challenge.objects.filter(challenges.standing(ChallengeState.CLOSED))
    return closed.filter(call__decision_rules__in_steps=False).order_by("closes_at", "pk")


def revoked() -> QuerySet[Decision]:
    """Return the decisions that fell after their publication, newest first."""
    fallen = decisions().filter(state=DecisionState.CANCELLED)
    return fallen.exclude(published_at=None)


def decisions() -> QuerySet[Decision]:
    """Return the decisions with what their pages show."""
    return (
        Decision.objects.select_related(
            "challenge__need__owner", "challenge__call", "proposed_by", "approved_by"
        )
        .prefetch_related("choices__proposal__lead")
        .order_by("-pk")
    )


def with_ways(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Fetch what the exceptions and the next steps of many decisions are asked of."""
    bids = Prefetch("challenge__proposals", Proposal.objects.only("challenge", "lead", "state"))
    return rows.prefetch_related(exceptions.fetched("challenge"), bids)


def decisions_visible_to(user: User | None) -> QuerySet[Decision]:
    """Return the decisions this person may know of: all for the bureau, else what is published."""
    if user is not None and user.has_role(*BUREAU):
        return decisions()
    return notices()


def notices() -> QuerySet[Decision]:
    """Return what is or was under public notice and still stands, newest first."""
    return decisions().filter(state__in=PUBLIC)


def current(challenge: Challenge) -> Decision | None:
    """Return the decision under way or in effect, if any."""
    return decisions().filter(challenge=challenge).exclude(state=DecisionState.CANCELLED).first()


def due(today: date | None = None) -> QuerySet[Decision]:
    """Return the notices that have run their days."""
    return Decision.objects.filter(
        state=DecisionState.NOTICE, notice_ends_on__lt=today or clock.today()
    )


def objections_visible_to(user: User) -> QuerySet[Objection]:
    """Return the objections this person may read: all for who handles and audits them.

    Who objects stays between them: officers, who proposed what is objected to, read no other's.
    """
    rows = Objection.objects.select_related(
        "decision__challenge__need__owner", "decision__challenge__call", "unit", "objector"
    )
    return rows if user.has_role(*HANDLERS) else rows.filter(objector=user)


def days_to_reply(objection: Objection) -> int | None:
    """Return how many working days are left for the answer; None once it is given."""
    if objection.state != ObjectionState.RECEIVED:
        return None
    return calendar.working_days_between(clock.today(), objection.reply_by)


def unanswered() -> QuerySet[Objection]:
    """Return the objections that wait for an answer, first due on top."""
    rows = Objection.objects.filter(state=ObjectionState.RECEIVED)
    return rows.select_related("decision__challenge").order_by("reply_by", "pk")


def waiting(*states: str) -> QuerySet[Decision]:
    """Return the decisions that stand in one of the states, oldest first."""
    return decisions().filter(state__in=states).order_by("pk")


def reviews_visible_to(user: User) -> QuerySet[Review]:
    """Return the reviews this person may read: all for the bureau, one's own for an expert."""
    rows = Review.objects.select_related("proposal__challenge__need", "proposal__lead").order_by(
        "pk"
    )
    return rows if user.has_role(*BUREAU) else rows.filter(reviewer=user)


def feedback_on(proposal: Proposal) -> list[str]:
    """Return what the experts tell the bidder, without names; nothing before the decision."""
    if Decision.objects.filter(challenge=proposal.challenge_id, state__in=UNDER_WAY).exists():
        return []
    if not Award.objects.filter(challenge=proposal.challenge_id).exists():
        return []
    texts = proposal.reviews.exclude(feedback="").order_by("total", "pk")
    return list(texts.values_list("feedback", flat=True))
