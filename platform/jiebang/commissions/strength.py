"""What the system draws for a proposal: strength, relations, concentration, integrity, rounds.

All of it is plain JSON, so that it can be frozen with the proposal and read back years later.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q

from jiebang.achievements.models import Achievement
from jiebang.audit import queries as audit
from jiebang.awards.models import Award
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions import policies, queries, registry, snapshots
from jiebang.commissions.models import Commission, Version
from jiebang.commissions.states import EDITABLE, MADE
from jiebang.common import clock
from jiebang.common.money import in_wan
from jiebang.experts.models import RelatedUnits
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization

SHOWN = 10  # achievements of one unit; the page says how many there are
CENT = Decimal("0.01")


def draw(commission: Commission) -> dict[str, Any]:
    """Return everything that a decision about the commission should see, as it is now."""
    needs, units = commission.needs, workers(commission)
    return {
        **snapshots.take(commission),
        "drawn_at": clock.now().isoformat(timespec="seconds"),
        "strength": [strength(unit, needs) for unit in units],
        "trl": [
            {"need": need.title, "now": need.trl_now, "target": need.trl_target} for need in needs
        ],
        "related": related(commission),
        "concentration": concentration(commission),
        "integrity": [{"unit": unit.name, "held": _held(unit)} for unit in units],
        "rounds": [row for need in needs for row in rounds(need)],
    }


def seen(commission: Commission) -> tuple[dict[str, Any], Version | None]:
    """Return what the decision sees, and the version that froze it; drawn now for a draft."""
    kept = queries.frozen(commission)
    if kept is not None and commission.state not in EDITABLE:
        return kept.content, kept
    return draw(commission), None


def workers(commission: Commission) -> list[Organization]:
    """Return the units that would do the work, the lead first, each once."""
    rows = [commission.candidate, *(row.unit for row in commission.consortium.all())]
    rows += [part.unit for part in commission.parts.all()]
    return list({unit.pk: unit for unit in rows}.values())


def strength(unit: Organization, needs: Sequence[TechNeed]) -> dict[str, Any]:
    """Return what speaks for a unit: results, awards, contracts, matches, readiness."""
    own = Achievement.objects.filter(owner=unit)
    near = {need.tech_field_id for need in needs}
    rows = sorted(own, key=lambda row: (row.tech_field_id not in near, -(row.trl or 0), row.pk))
    awards = Award.objects.filter(proposal__lead=unit).select_related("challenge").order_by("-pk")
    return {
        "unit": unit.name,
        "titles": [str(title) for title in unit.qualifications.all()],
        "achievements": [
            {
                "number": row.number,
                "title": row.title,
                "form": row.get_form_display(),
                "trl": row.trl,
                "same_field": row.tech_field_id in near,
            }
            for row in rows[:SHOWN]
        ],
        "achievements_count": len(rows),
        "trl_best": max((row.trl or 0 for row in rows if row.tech_field_id in near), default=0),
        "awards": [
            {"number": row.number, "title": str(row.challenge), "amount": in_wan(row.amount)}
            for row in awards[:SHOWN]
        ],
        **registry.drawn(unit, needs),
    }


def related(commission: Commission) -> list[dict[str, str]]:
    """Return how those who would work are tied to need owners and applicant."""
    unit_names = {unit.pk: unit.name for unit in workers(commission)}
    asking = {need.owner_id: need.owner_name for need in commission.needs if need.owner_id}
    if commission.applicant:
        asking[commission.applicant.pk] = commission.applicant.name
    found = [
        {"one": name, "other": asking[key], "basis": "同一单位"}
        for key, name in unit_names.items()
        if key in asking
    ]
    either = Q(one__in=unit_names, other__in=asking) | Q(one__in=asking, other__in=unit_names)
    for row in RelatedUnits.objects.filter(either).order_by("pk"):
        one, other = (row.one_id, row.other_id)
        if one not in unit_names or other not in asking:
            one, other = other, one
        if one in unit_names and other in asking:
            found.append({"one": unit_names[one], "other": asking[other], "basis": row.basis})
    return found


def concentration(commission: Commission) -> dict[str, Any]:
    """Return the lead's share of past direct awards by number and money, against the limits.

    Counted are commissions that took effect within the call's years, by their lead unit.
    """
    rules = queries.rules_of(commission.call)
    today = clock.today()
    since = today.replace(year=today.year - rules.years, day=min(today.day, 28))
    past = Commission.objects.filter(state__in=MADE, effective_at__date__gte=since)
    rows = list(past.exclude(pk=commission.pk).values_list("candidate", "amount"))
    own = [amount for unit, amount in rows if unit == commission.candidate_id]
    money, own_money = sum((a for _, a in rows), Decimal(0)), sum(own, Decimal(0))
    count_share, money_share = _share(len(own), len(rows)), _share(own_money, money)
    return {
        "since": since.isoformat(),
        "years": rules.years,
        "count": len(own),
        "count_all": len(rows),
        "count_share": str(count_share),
        "count_limit": f"{rules.count_share.normalize():f}",
        "money": in_wan(own_money),
        "money_all": in_wan(money),
        "money_share": str(money_share),
        "money_limit": f"{rules.money_share.normalize():f}",
        "count_share_with": str(_share(len(own) + 1, len(rows) + 1)),
        "money_share_with": str(_share(own_money + commission.amount, money + commission.amount)),
        "above": count_share > rules.count_share or money_share > rules.money_share,
    }


def reasons_for_higher(seen: dict[str, Any]) -> list[str]:
    """Return why what was drawn wants a higher approver, as sentences with the figures."""
    found, now = [], seen["concentration"]
    unit = seen["candidate"]
    for share, limit, part, whole, name in (
        ("count_share", "count_limit", f"{now['count']} 项", f"{now['count_all']} 项", "项数"),
        ("money_share", "money_limit", now["money"], now["money_all"], "金额"),
    ):
        if Decimal(now[share]) > Decimal(now[limit]):
            found.append(
                f"近 {now['years']} 年全市定向委托{name}共 {whole}，{unit}占 {part}"
                f"（{now[share]}%），超过本批次上限 {now[limit]}%"
            )
    found += [
        f"{row['one']}与{row['other']}是关联单位（{row['basis']}）" for row in seen["related"]
    ]
    return found


def rounds(need: TechNeed) -> list[dict[str, str]]:
    """Return the times that the need was on the board and failed, with the reason given."""
    failed = Challenge.objects.filter(need=need, state=ChallengeState.FAILED).order_by("pk")
    return [
        {
            "need": need.title,
            "number": row.number,
            "reason": audit.last_note(row, ChallengeAction.FAIL)
            or audit.last_note(row, ChallengeAction.RELEASE),
        }
        for row in failed
    ]


def held_against(units: Iterable[Organization]) -> list[str]:
    """Return what the integrity records hold against any of the units, as sentences."""
    return [sentence for unit in units for sentence in _held(unit)]


def _held(unit: Organization) -> list[str]:
    decision = integrity.may_pass(Gate.COMMISSION, unit)
    return [] if decision else [decision.reason]


def above_limit_now(commission: Commission) -> bool:
    """Say whether the figures as they are now want a higher approver."""
    return bool(concentration(commission)["above"])


def parties(commission: Commission) -> list[Organization]:
    """Return every unit with a stake, for the graph of conflicts."""
    keys = [key for key in policies.parties_of(commission) if key is not None]
    return list(Organization.objects.filter(pk__in=keys).order_by("pk"))


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    if not whole:
        return Decimal("0.00")
    return (Decimal(part) * 100 / Decimal(whole)).quantize(CENT, ROUND_HALF_UP)
