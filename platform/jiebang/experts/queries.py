"""Questions asked of the pool: who is in it, who may judge what, and which edges forbid it."""

import re
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.experts import conflicts as graph
from jiebang.experts.conflicts import Edge, Party
from jiebang.experts.models import Assignment, Draw, Expert, PanelRules, RelatedUnits, Seat, Waiver
from jiebang.experts.registry import contracts_since
from jiebang.experts.states import HELD, ON_PANEL, SeatState, WaiverState
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.library.models import Call, TechNeed
from jiebang.library.policies import BUREAU
from jiebang.organizations.models import Organization
from jiebang.proposals import queries as solutions
from jiebang.proposals.models import Proposal
from jiebang.proposals.registry import relation_source

_BETWEEN = re.compile(r"[、,，;；/\n]+")
# When nothing is left to judge.
OVER = (
    ChallengeState.AWARDED,
    ChallengeState.COMPLETED,
    ChallengeState.FAILED,
    ChallengeState.WITHDRAWN,
)
Subject = Challenge | Proposal | Iterable[Organization]


def rules_of(call: Call) -> PanelRules:
    """Return what the call sets for its panels, or the defaults, unsaved."""
    kept = PanelRules.objects.filter(call=call).first() if call.pk else None
    return kept or PanelRules(call=call)


def with_parts(experts: QuerySet[Expert]) -> QuerySet[Expert]:
    """Fetch what rows, profiles and the graph need, in as many queries for 3 as for 300."""
    return experts.select_related("user", "unit").prefetch_related(
        "fields__parent", "ties__unit", "user__memberships__organization"
    )


def pool() -> QuerySet[Expert]:
    """Return the experts, each with how many solutions lie with them as `load`."""
    under_way = Q(seats__state__in=HELD) & ~Q(seats__challenge__state__in=OVER)
    held = Count("seats__assignments", filter=under_way, distinct=True)
    return with_parts(Expert.objects.annotate(load=held)).order_by("pk")


def hold_pool() -> None:
    """Hold every expert until the caller commits: of two who fill panels the second waits."""
    list(Expert.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def shut_out() -> set[int]:
    """Return the keys of the people whom an integrity record bars from reviewing today."""
    rows = integrity.shut_out(Gate.REVIEW).exclude(person=None)
    return {row.person_id for row in rows if row.person_id is not None}


def of_user(user: User) -> Expert | None:
    """Return the person's profile, or None where there is none yet."""
    return with_parts(Expert.objects.filter(user=user)).first()


def visible_to(user: User) -> QuerySet[Expert]:
    """Return the profiles this person may read: all for the bureau, one's own for an expert."""
    return pool() if user.has_role(*BUREAU) else pool().filter(user=user)


def without_profile() -> QuerySet[User]:
    """Return the people with the expert's role who are not in the pool yet."""
    return User.objects.filter(
        role_grants__role=PlatformRole.EXPERT, is_active=True, expert=None
    ).order_by("pk")


# The graph


@relation_source
def related_to(unit: int) -> dict[int, str]:
    """Return the keys of the units that count as one with this one, each with the basis."""
    rows = RelatedUnits.objects.filter(Q(one=unit) | Q(other=unit))
    return {row.other_id if row.one_id == unit else row.one_id: row.basis for row in rows}


def profile_of(expert: Expert) -> graph.Profile:
    """Return what of the expert counts in the graph: units by profile and by membership, ties."""
    units = {
        m.organization_id: m.organization.name for m in expert.user.memberships.all() if m.active
    }
    if expert.unit is not None:
        units[expert.unit.pk] = expert.unit.name
    names = frozenset({expert.unit_name, *units.values()})
    bonds = [
        graph.Bond(t.kind, t.unit_id, t.unit_name, t.person, t.year, t.note)
        for t in expert.ties.all()
    ]
    return graph.Profile(str(expert), units, names, bonds)


def world_of(call: Call) -> graph.World:
    """Return what is known between units under the call's years. Three queries at most."""
    years = rules_of(call).cooling_years
    today = clock.today()
    since = today.replace(year=today.year - years, day=min(today.day, 28))
    related = {
        frozenset({row.one_id, row.other_id}): row.basis for row in RelatedUnits.objects.all()
    }
    contracts = {
        frozenset({made.one, made.other}): f"{made.signed_on.year}年，{made.title}"
        for made in contracts_since(since)
    }
    return graph.World(since.year, related, contracts)


def parties_of(challenges: Iterable[Challenge]) -> dict[int, list[Party]]:
    """Return by challenge the poster and everybody who handed in; always as many queries."""
    wanted = list(challenges)
    bids = (
        Proposal.objects.filter(challenge__in=wanted, state__in=solutions.HANDED_IN)
        .select_related("lead", "author")
        .prefetch_related("parties__unit")
        .order_by("pk")
    )
    by_challenge: dict[int, list[Proposal]] = {}
    for bid in bids:
        by_challenge.setdefault(bid.challenge_id, []).append(bid)
    named = {name for bid in bids for name in _partners(bid)}
    known = dict(Organization.objects.filter(name__in=named).values_list("name", "pk"))
    return {
        each.pk: [
            *poster_of(each.need),
            *(party for bid in by_challenge.get(each.pk, []) for party in _bidders(bid, known)),
        ]
        for each in wanted
    }


def conflicts(expert: Expert, subject: Subject) -> list[Edge]:
    """Return the edges that bar the expert from a challenge, a solution, or what units do.

    A solution stands for its challenge: who may not judge a rival may not judge it either.
    """
    if isinstance(subject, Proposal):
        subject = subject.challenge
    if isinstance(subject, Challenge):
        parties, world = parties_of([subject])[subject.pk], world_of(subject.call)
    else:
        parties = [Party("单位", unit.name, unit.pk) for unit in subject]
        world = world_of(Call())
    return graph.edges(profile_of(expert), parties, world)


def barred_from(need: TechNeed) -> dict[int, str]:
    """Return by the key of a user which edge to the poster bars from appraising the need."""
    parties = poster_of(need)
    world = world_of(need.call or Call())
    found = {}
    for expert in pool():
        if edges := graph.edges(profile_of(expert), parties, world):
            found[expert.user_id] = edges[0].sentence
    return found


def barred_among(pool: Iterable[Expert], units: Iterable[Organization]) -> dict[int, str]:
    """Return by the key of an expert which edge to any of these units bars them."""
    parties, world = [Party("单位", unit.name, unit.pk) for unit in units], world_of(Call())
    found = {each.pk: graph.edges(profile_of(each), parties, world) for each in pool}
    return {key: edges[0].sentence for key, edges in found.items() if edges}


def uncovered(expert: Expert, challenge: Challenge) -> list[Edge]:
    """Return the edges that no approved exception covers."""
    found = conflicts(expert, challenge)
    if not found:
        return []
    granted = Waiver.objects.filter(
        expert=expert, challenge=challenge, state=WaiverState.APPROVED
    ).first()
    covered = {edge["sentence"] for edge in granted.edges} if granted else set()
    return [edge for edge in found if edge.sentence not in covered]


def poster_of(need: TechNeed) -> list[Party]:
    """Return the poster as a party; none where nobody is known."""
    if need.owner is None:
        return [Party("需求单位", need.source_unit)] if need.source_unit else []
    people = (need.contact_name,) if need.contact_name else ()
    return [Party("需求单位", need.owner.name, need.owner.pk, people)]


def _bidders(bid: Proposal, known: dict[str, int]) -> list[Party]:
    people = tuple(dict.fromkeys(filter(None, (bid.pi_name, bid.author.display_name))))
    lead = Party("揭榜牵头单位", bid.lead.name, bid.lead_id, people)
    joined = {party.unit.name: party.unit_id for party in bid.parties.all() if not party.leads}
    named = joined | {name: known.get(name) for name in _partners(bid) if name not in joined}
    return [lead, *(Party("揭榜参与单位", name, key) for name, key in named.items())]


def _partners(bid: Proposal) -> list[str]:
    return [name for part in _BETWEEN.split(bid.partners) if (name := part.strip())]


# Seats


def seats() -> QuerySet[Seat]:
    """Return all seats with what their rows show."""
    return Seat.objects.select_related(
        "expert__user", "expert__unit", "challenge__need__owner", "challenge__call", "draw"
    ).prefetch_related("assignments", "challenge__proposals__parties")


def seats_of(user: User) -> QuerySet[Seat]:
    """Return one's own seats, first due on top."""
    return seats().filter(expert__user=user).order_by("review_by", "pk")


def seats_visible_to(user: User) -> QuerySet[Seat]:
    """Return the seats this person may know of: all for the bureau, one's own for an expert."""
    found = seats().order_by("-pk")
    return found if user.has_role(*BUREAU) else found.filter(expert__user=user)


def unanswered() -> QuerySet[Seat]:
    """Return the invitations whose time to answer is over, oldest first."""
    late = seats().filter(state=SeatState.INVITED, answer_by__lte=clock.now())
    return late.order_by("answer_by", "pk")


def short_of_experts() -> QuerySet[Challenge]:
    """Return the closed challenges with solutions whose panel nobody sits on yet."""
    handed_in = Challenge.objects.filter(
        challenges.standing(ChallengeState.CLOSED), proposals__state__in=solutions.HANDED_IN
    )
    return handed_in.exclude(seats__state__in=ON_PANEL).distinct().order_by("closes_at", "pk")


def waivers_to_decide(user: User) -> QuerySet[Waiver]:
    """Return the exceptions that wait for another officer than their proposer."""
    waiting = waivers_visible_to(user).filter(state=WaiverState.PROPOSED)
    return waiting.exclude(proposed_by=user)


def waiting_for(user: User) -> QuerySet[Seat]:
    """Return what the expert still has to answer, sign or judge, first due on top."""
    return seats_of(user).filter(state__in=HELD).exclude(challenge__state__in=OVER)


def panel(challenge: Challenge) -> QuerySet[Seat]:
    """Return everybody ever asked to judge the challenge, in order of invitation."""
    return seats().filter(challenge=challenge).order_by("pk")


def size(challenge: Challenge) -> int:
    """Return how many are on the panel now, whatever they have answered."""
    return challenge.seats.filter(state__in=ON_PANEL).count()


def load_of(expert: Expert, call: Call) -> int:
    """Return how many solutions of the call lie or lay with the expert."""
    return Assignment.objects.filter(
        seat__expert=expert, seat__state__in=ON_PANEL, seat__challenge__call=call
    ).count()


def draws() -> QuerySet[Draw]:
    """Return the draws, which are public, newest first."""
    return Draw.objects.select_related("challenge__call", "challenge__need__owner").order_by("-pk")


def names_are_public(challenge: Challenge) -> bool:
    """Say whether the panel's names may be read by everybody: after the award, by the rules."""
    decided = challenge.state in (ChallengeState.AWARDED, ChallengeState.COMPLETED)
    return decided and rules_of(challenge.call).names_published


def published_panel(challenge: Challenge) -> list[Seat]:
    """Return whom everybody may know to have judged; nobody before the award, or by the rules."""
    if not names_are_public(challenge):
        return []
    return [seat for seat in panel(challenge) if seat.state in ON_PANEL]


def waivers_visible_to(user: User) -> QuerySet[Waiver]:
    """Return the exceptions that the bureau may read; nobody else reads any here."""
    found = Waiver.objects.select_related(
        "expert__user", "challenge__need__owner", "challenge__call", "proposed_by", "decided_by"
    ).order_by("-pk")
    return found if user.has_role(*BUREAU) else found.none()


# What the review asks


def may_open(user: User, proposal: Proposal) -> Decision:
    """Say whether the person may read the solution as its expert: after signing the undertaking."""
    seat = _seat(user, proposal)
    if seat is None:
        return Decision("这份揭榜书没有分派给您评审", code="not_assigned")
    if seat.state == SeatState.INVITED:
        return Decision("请先答复评审邀请，接受后才能继续", code="not_accepted")
    if seat.state == SeatState.ACCEPTED:
        return Decision("请先签署评审承诺，签署后才能查看材料", code="undertaking_missing")
    if seat.state not in (SeatState.UNDERTAKEN, SeatState.DONE):
        return Decision("您已不在这个榜题的评审组中", code="not_assigned")
    if edges := uncovered(seat.expert, proposal.challenge):
        return Decision(f"您应当回避：{edges[0].sentence}", code="conflict_of_interest")
    return ALLOWED


def may_review(user: User, proposal: Proposal) -> Decision:
    """Say whether the person may score the solution now; the answer names what is missing."""
    may = may_open(user, proposal)
    if not may:
        return may
    seat = _seat(user, proposal)
    if seat is None or seat.state == SeatState.DONE:
        return Decision("您已完成这个榜题的评审，不能再修改", code="review_done")
    if proposal.challenge.state in OVER:
        return Decision("这个榜题的评审已经结束，不能再提交", code="review_closed")
    if seat.review_by <= clock.now():
        moment = clock.local(seat.review_by)
        return Decision(
            f"评审已于{moment:%Y年%m月%d日 %H:%M}截止，不能再提交", code="review_closed"
        )
    return ALLOWED


def to_review(user: User) -> QuerySet[Proposal]:
    """Return the solutions that the expert has signed for and not finished, first due on top."""
    mine = Proposal.objects.filter(seats__expert__user=user, seats__state=SeatState.UNDERTAKEN)
    return solutions.with_parts(mine).order_by("seats__review_by", "pk")


def reviewers(proposal: Proposal) -> QuerySet[Seat]:
    """Return the seats whose experts have signed for this solution or finished it."""
    signed = (SeatState.UNDERTAKEN, SeatState.DONE)
    return seats().filter(assignments__proposal=proposal, state__in=signed).order_by("pk")


def _seat(user: User, proposal: Proposal) -> Seat | None:
    mine = Seat.objects.filter(expert__user=user, assignments__proposal=proposal)
    return mine.select_related("expert__user", "expert__unit").first()
