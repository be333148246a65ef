"""Filling panels: the published random draw, and the best assignment over many challenges."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.experts import affinity, lottery, policies, queries, solver
from jiebang.experts import conflicts as graph
from jiebang.experts.models import Draw, Expert, Seat
from jiebang.experts.seats import check_open, take_seat
from jiebang.experts.states import ON_PANEL, EdgeKind, SeatOrigin
from jiebang.library.models import Call
from jiebang.proposals import queries as solutions
from jiebang.proposals.models import Proposal
from jiebang.taxonomy.models import TechField

# What excludes from a draw besides the edges of the graph.
AWAY, SEATED, LOADED, HELD_AGAINST = "away", "seated", "over_load", "integrity"
EXCLUDED = {
    **dict(EdgeKind.choices),
    AWAY: "暂不参加",
    SEATED: "已受邀评审本榜题",
    LOADED: "评审件数已满",
    HELD_AGAINST: "有诚信记录",
}


@dataclass(frozen=True)
class Given:
    """One solution for one expert in a plan, and how well they fit."""

    proposal: Proposal
    expert: Expert
    fit: float


@dataclass(frozen=True)
class Candidate:
    """An expert before a challenge: the kinds and sentences of what stands against it.

    `waivable`: there are conflicts and nothing else, so two officers could make an exception.
    """

    expert: Expert
    kinds: list[str]
    reasons: list[str]
    waivable: bool

    @property
    def free(self) -> bool:
        """Say whether nothing stands against it."""
        return not self.kinds


@transaction.atomic
def hold(
    *,
    challenge: Challenge,
    actor: User,
    quotas: Sequence[Mapping[str, Any]] = (),
    reason: str = "",
) -> Draw:
    """Draw experts at random by quotas (field code, count) and invite them; all is published.

    A further round adds to the panel and needs a reason. Raises RuleBroken where the pool
    cannot fill the quotas.
    """
    policies.may_seat(actor, challenge).enforce()
    check_open(challenge)
    bids = list(solutions.of_challenge(challenge))
    if not bids:
        raise RuleBroken("没有收到揭榜书，无须抽取专家", code="no_bids")
    queries.hold_pool()
    rules = queries.rules_of(challenge.call)
    wanted = checked_quotas(quotas) or [{"field": lottery.ANY, "count": rules.panel_size}]
    before = challenge.draws.count()
    if before and not reason.strip():
        sentence = "本榜题已抽取过专家，请写明再次抽取的原因"
        raise Invalid(sentence, code="reason_required", fields={"reason": [sentence]})
    found = candidates(challenge, len(bids))
    secrets.SystemRandom().shuffle(found)
    pool = labelled(found)
    named = {each["number"]: one for each, one in zip(pool, found, strict=True)}
    key = {label: one.expert.number for label, one in named.items()}
    key["salt"] = secrets.token_hex(16)
    seed = secrets.token_hex(16)
    drawn = lottery.draw(seed, pool, wanted, rules.most_of_a_unit)
    total = sum(int(quota["count"]) for quota in wanted)
    if len(drawn) < total:
        raise too_small(total, len(drawn), sum(one.free for one in found))
    try:
        with transaction.atomic():
            draw = Draw.objects.create(
                challenge=challenge,
                round=before + 1,
                seed=seed,
                pool=pool,
                pool_digest=lottery.digest(pool),
                key=key,
                key_digest=lottery.digest(key),
                quotas=wanted,
                most_of_a_unit=rules.most_of_a_unit,
                drawn=drawn,
                exclusions={label: one.reasons for label, one in named.items() if not one.free},
                reason=reason.strip(),
                drawn_by=actor,
            )
    except IntegrityError as error:
        raise Conflict("刚刚有人抽取了本榜题的专家，请刷新后再看", code="drawn_already") from error
    audit.record(
        actor=actor, thing=draw, action="draw", label="抽取评审专家", note=f"抽出 {total} 名"
    )
    for label in drawn:
        take_seat(
            expert=named[label].expert,
            challenge=challenge,
            actor=actor,
            origin=SeatOrigin.DRAW,
            bids=bids,
            draw=draw,
        )
    return draw


def replayed(draw: Draw) -> list[str]:
    """Return the numbers that seed and pool give now; equal to `drawn` if nobody touched them."""
    return lottery.draw(draw.seed, draw.pool, draw.quotas, draw.most_of_a_unit)


def document(draw: Draw) -> dict[str, Any]:
    """Return what is published of a draw: all that it takes to repeat it, and no name."""
    return {
        "number": draw.number,
        "challenge": draw.challenge.number,
        "round": draw.round,
        "seed": draw.seed,
        "pool_digest": draw.pool_digest,
        "key_digest": draw.key_digest,
        "quotas": draw.quotas,
        "most_of_a_unit": draw.most_of_a_unit,
        "drawn": draw.drawn,
        "pool": draw.pool,
    }


def to_assign(call: Call) -> list[Challenge]:
    """Return the closed challenges of the call with solutions and nobody on the panel yet."""
    from_call = Challenge.objects.filter(call=call).select_related("need__owner", "call")
    empty = from_call.exclude(seats__state__in=ON_PANEL)
    filled = empty.filter(proposals__state__in=solutions.HANDED_IN).distinct().order_by("pk")
    return [each for each in filled if each.state_now == ChallengeState.CLOSED]


def plan(call: Call) -> list[Given]:
    """Return the best assignment for all solutions that wait for experts, without writing it.

    Raises RuleBroken, naming the solutions, where the experts who may judge are too few.
    """
    challenges = to_assign(call)
    bids = list(
        Proposal.objects.filter(challenge__in=challenges, state__in=solutions.HANDED_IN)
        .select_related("challenge__need", "lead")
        .order_by("pk")
    )
    shut = queries.shut_out()
    experts = [e for e in queries.pool() if e.is_available and e.user_id not in shut]
    if not bids:
        return []
    rules = queries.rules_of(call)
    known = affinity.fits(
        experts, {bid.challenge.need_id: bid.challenge.need for bid in bids}.values()
    )
    fits = [[known[bid.challenge.need_id].get(e.pk, 0.0) for e in experts] for bid in bids]
    barred = _barred(challenges, experts)
    blocked = {
        (s, e)
        for s, bid in enumerate(bids)
        for e, expert in enumerate(experts)
        if (bid.challenge_id, expert.pk) in barred
    }
    held = _loads(call)
    roof = [max(rules.load_most - held.get(expert.pk, 0), 0) for expert in experts]
    try:
        best = solver.assign(
            fits, blocked, each=rules.panel_size, least=rules.load_least, most=roof
        )
    except solver.NotEnough as lack:
        short = "、".join(bids[s].number for s in sorted(lack.short)[:5])
        raise RuleBroken(
            f"可用专家不足：{short}等 {len(lack.short)} 份揭榜书分不到 {rules.panel_size} 名专家。"
            "请充实专家库、提高每人件数上限，或减少每榜专家数",
            code="experts_too_few",
        ) from lack
    return [Given(bids[s], experts[e], fits[s][e]) for s, e in best.pairs]


@transaction.atomic
def assign(*, call: Call, actor: User) -> list[Seat]:
    """Invite the experts of the best assignment, each for their solutions."""
    actor.needs_role(PlatformRole.OFFICER)
    for challenge in to_assign(call):
        policies.may_seat(actor, challenge).enforce()
    queries.hold_pool()
    given = plan(call)
    if not given:
        raise RuleBroken("本批次没有等待分派专家的揭榜书", code="nothing_to_assign")
    together: dict[tuple[int, int], list[Given]] = {}
    for each in given:
        together.setdefault((each.proposal.challenge_id, each.expert.pk), []).append(each)
    return [
        take_seat(
            expert=rows[0].expert,
            challenge=rows[0].proposal.challenge,
            actor=actor,
            origin=SeatOrigin.ASSIGNMENT,
            bids=[row.proposal for row in rows],
            fits={row.proposal.pk: row.fit for row in rows},
        )
        for rows in together.values()
    ]


def checked_quotas(typed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return quotas with known fields and sane counts; raises Invalid with the row at fault."""
    known = set(TechField.objects.filter(active=True).values_list("code", flat=True))
    made = []
    for n, row in enumerate(typed):
        field, count = str(row.get("field") or lottery.ANY), int(row["count"])
        if field != lottery.ANY and field not in known:
            raise Invalid("没有这个技术领域", fields={f"quotas-{n}-field": ["请重新选择技术领域"]})
        if not 1 <= count <= 50:
            raise Invalid("名额须为 1 到 50", fields={f"quotas-{n}-count": ["名额须为 1 到 50"]})
        made.append({"field": field, "count": count})
    return made


def candidates(challenge: Challenge, count: int) -> list[Candidate]:
    """Return the whole pool: who could judge `count` solutions of the challenge, who not, why."""
    parties = queries.parties_of([challenge])[challenge.pk]
    world = queries.world_of(challenge.call)
    most = queries.rules_of(challenge.call).load_most
    seated = set(challenge.seats.values_list("expert_id", flat=True))
    held = _loads(challenge.call)
    shut = queries.shut_out()
    found = []
    for expert in queries.pool():
        edges = graph.edges(queries.profile_of(expert), parties, world)
        other = {
            SEATED: expert.pk in seated,
            AWAY: not expert.is_available,
            LOADED: held.get(expert.pk, 0) + count > most,
            HELD_AGAINST: expert.user_id in shut,
        }
        kinds = sorted({edge.kind for edge in edges} | {kind for kind, so in other.items() if so})
        reasons = [edge.sentence for edge in edges]
        reasons += [EXCLUDED[kind] for kind, so in other.items() if so]
        found.append(Candidate(expert, kinds, reasons, bool(edges) and not any(other.values())))
    return found


def labelled(found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Return the pool as it is published: labels of this draw for experts and their units."""
    units: dict[str, str] = {}
    pool = []
    for n, one in enumerate(found, 1):
        fields = list(one.expert.fields.all())
        codes = {field.code for field in fields}
        codes |= {field.parent.code for field in fields if field.parent}
        unit = units.setdefault(one.expert.unit_name, f"{len(units) + 1:03d}")
        pool.append(
            {"number": f"{n:03d}", "unit": unit, "fields": sorted(codes), "excluded": one.kinds}
        )
    return pool


def too_small(total: int, drawn: int, free: int) -> RuleBroken:
    """Return the refusal that says how many were wanted and how many could be drawn."""
    return RuleBroken(
        f"需要 {total} 名专家，备选名单中可以参加的有 {free} 名，按领域和单位限制只能抽出 "
        f"{drawn} 名。请减少名额、放宽领域，或先充实专家库",
        code="pool_too_small",
    )


def _barred(challenges: Sequence[Challenge], experts: Sequence[Expert]) -> set[tuple[int, int]]:
    if not challenges:
        return set()
    parties, world = queries.parties_of(challenges), queries.world_of(challenges[0].call)
    profiles = {expert.pk: queries.profile_of(expert) for expert in experts}
    asked = set(
        Seat.objects.filter(challenge__in=challenges).values_list("challenge_id", "expert_id")
    )
    return asked | {
        (challenge.pk, key)
        for challenge in challenges
        for key, profile in profiles.items()
        if graph.edges(profile, parties[challenge.pk], world)
    }


def _loads(call: Call) -> dict[int, int]:
    """Return how many solutions of the call each expert has. One query."""
    seats = Seat.objects.filter(challenge__call=call, state__in=ON_PANEL)
    counted: dict[int, int] = {}
    for expert, assignment in seats.values_list("expert_id", "assignments"):
        counted[expert] = counted.get(expert, 0) + (assignment is not None)
    return counted
