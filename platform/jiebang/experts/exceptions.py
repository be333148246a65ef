"""Exceptions from conflicts as everybody reads them: a poster that stays unnamed stays so here."""

from typing import Any, NamedTuple

from django.db.models import Prefetch

from jiebang.challenges.models import Challenge
from jiebang.experts.models import Waiver
from jiebang.experts.states import WaiverState
from jiebang.organizations.queries import short_names

ONE = "一名专家"
HIDDEN = "〔已隐去〕"


class Exempted(NamedTuple):
    """One exception: who judged in spite of what, why, and which two people allowed it."""

    expert: str
    sentences: list[str]
    reason: str
    proposed_by: str
    decided_by: str


def fetched(path: str) -> "Prefetch[Any]":
    """Return what fetches the exceptions of many challenges, which lie at this path, at once."""
    rows = Waiver.objects.select_related("expert__user", "proposed_by", "decided_by")
    return Prefetch(f"{path}__expert_waivers", rows.order_by("pk"))


def published(challenge: Challenge, *, named: bool) -> list[Exempted]:
    """Return the approved exceptions as the public may know of them, without names unless `named`.

    Of a tie to a poster whose name is withheld only that there is one is said: its kind, beside
    the expert's own unit, would tell who that is.
    """
    return [
        Exempted(
            expert=str(waiver.expert) if named else ONE,
            sentences=_sentences(waiver, challenge),
            reason=_unnamed(waiver.reason, challenge),
            proposed_by=waiver.proposed_by.display_name,
            decided_by=waiver.decided_by.display_name if waiver.decided_by else "",
        )
        for waiver in sorted(challenge.expert_waivers.all(), key=lambda each: each.pk)
        if waiver.state == WaiverState.APPROVED
    ]


def _sentences(waiver: Waiver, challenge: Challenge) -> list[str]:
    owner = challenge.need.owner
    if owner is None or not challenge.need.mask_owner:
        return [edge["sentence"] for edge in waiver.edges]
    vague = f"与需求单位“{challenge.owner_name}”有应当回避的利害关系"
    said = [
        vague if edge["party"] == owner.name else _unnamed(edge["sentence"], challenge)
        for edge in waiver.edges
    ]
    return list(dict.fromkeys(said))


def _unnamed(text: str, challenge: Challenge) -> str:
    owner = challenge.need.owner
    if owner is None or not challenge.need.mask_owner:
        return text
    for name in (owner.name, *short_names(owner.name), challenge.need.contact_name):
        text = text.replace(name, HIDDEN) if name else text
    return text
