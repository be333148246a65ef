"""The panel of an acceptance, drawn at random as for a review; anybody may repeat the draw."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.acceptance import policies, queries, seats
from jiebang.acceptance.models import Acceptance, PanelDraw
from jiebang.acceptance.states import State
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.experts import conflicts as graph
from jiebang.experts import draws as published
from jiebang.experts import lottery
from jiebang.experts import queries as experts
from jiebang.experts.draws import AWAY, SEATED, Candidate
from jiebang.experts.states import SeatOrigin
from jiebang.library.models import Call

WHY = {AWAY: "暂不参加", SEATED: "已受邀参加本项验收"}


@transaction.atomic
def hold(
    *,
    acceptance: Acceptance,
    actor: User,
    quotas: Sequence[Mapping[str, Any]] = (),
    reason: str = "",
) -> PanelDraw:
    """Draw experts at random by quotas (field code, count) and invite them; all is published.

    A further round adds to the panel and needs a reason. Raises RuleBroken where the pool
    cannot fill the quotas, or where the first round asks for fewer than the call does.
    """
    policies.may_convene(actor, acceptance).enforce()
    if acceptance.state != State.REVIEWING:
        raise WrongState("验收申请受理后、结论提出前才能抽取专家")
    experts.hold_pool()
    rules = queries.rules_of(acceptance.contract.call)
    wanted = published.checked_quotas(quotas)
    wanted = wanted or [{"field": lottery.ANY, "count": rules.panel_size}]
    total = sum(int(quota["count"]) for quota in wanted)
    before = acceptance.draws.count()
    if before and not reason.strip():
        sentence = "本项验收已抽取过专家，请写明再次抽取的原因"
        raise Invalid(sentence, code="reason_required", fields={"reason": [sentence]})
    if not before and total < rules.panel_size:
        sentence = f"本批次验收专家不少于 {rules.panel_size} 名，现在只抽 {total} 名"
        raise RuleBroken(sentence, code="panel_too_small", fields={"quotas": [sentence]})
    found = candidates(acceptance)
    secrets.SystemRandom().shuffle(found)
    pool = published.labelled(found)
    named = {each["number"]: one for each, one in zip(pool, found, strict=True)}
    key = {label: one.expert.number for label, one in named.items()}
    key["salt"] = secrets.token_hex(16)
    seed = secrets.token_hex(16)
    drawn = lottery.draw(seed, pool, wanted, rules.most_of_a_unit)
    if len(drawn) < total:
        raise published.too_small(total, len(drawn), sum(one.free for one in found))
    try:
        with transaction.atomic():
            draw = PanelDraw.objects.create(
                acceptance=acceptance,
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
        raise Conflict("刚刚有人抽取了验收专家，请刷新后再看", code="drawn_already") from error
    audit.record(
        actor=actor, thing=draw, action="draw", label="抽取验收专家", note=f"抽出 {total} 名"
    )
    for label in drawn:
        seats.take(
            acceptance=acceptance,
            expert=named[label].expert,
            actor=actor,
            draw=draw,
            origin=SeatOrigin.DRAW,
        )
    return draw


def replayed(draw: PanelDraw) -> list[str]:
    """Return the labels that seed and pool give now; equal to `drawn` if nobody touched them."""
    return lottery.draw(draw.seed, draw.pool, draw.quotas, draw.most_of_a_unit)


def document(draw: PanelDraw) -> dict[str, Any]:
    """Return what is published of a draw, as `replay_draw --file` reads it, and no name."""
    return {
        "number": draw.number,
        "contract": draw.acceptance.contract.number,
        "round": draw.round,
        "seed": draw.seed,
        "pool_digest": draw.pool_digest,
        "key_digest": draw.key_digest,
        "quotas": draw.quotas,
        "most_of_a_unit": draw.most_of_a_unit,
        "drawn": draw.drawn,
        "pool": draw.pool,
    }


def candidates(acceptance: Acceptance) -> list[Candidate]:
    """Return the whole pool: who could sit on the panel, who not, and why."""
    contract = acceptance.contract
    parties = queries.parties_of(contract)
    world = experts.world_of(contract.call or Call())
    seated = set(acceptance.members.values_list("expert_id", flat=True))
    found = []
    for expert in experts.pool():
        edges = graph.edges(experts.profile_of(expert), parties, world)
        other = {SEATED: expert.pk in seated, AWAY: not expert.is_available}
        kinds = sorted({edge.kind for edge in edges} | {kind for kind, so in other.items() if so})
        reasons = [edge.sentence for edge in edges]
        reasons += [WHY[kind] for kind, so in other.items() if so]
        found.append(Candidate(expert, kinds, reasons, waivable=False))
    return found
