"""Blind review: what hides a bidder from the experts until their own scores are in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jiebang.accounts.models import User
from jiebang.awards import queries
from jiebang.challenges.models import Challenge
from jiebang.experts import queries as experts
from jiebang.experts.models import Seat
from jiebang.experts.states import SeatState
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.organizations.queries import short_names
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal

HIDDEN = "〔已隐去〕"
TELLING = ("姓名", "所在单位")  # columns that are hidden whole
SHORTEST = 2  # a single sign would take words apart
_BETWEEN = re.compile(r"[、,，;；/\n]+")
_REACHED_AT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail
    r"|(?<!\d)1[3-9]\d{9}(?!\d)"  # a mobile
    r"|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"  # a telephone
    r"|https?://[^\s，。；）]+"
)


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands for the bidder, and the names that are taken out of every text."""

    alias: str
    names: tuple[str, ...]

    def of(self, text: str) -> str:
        """Return the text without the bidder's names, addresses and telephones."""
        shown = _REACHED_AT.sub(HIDDEN, text)
        for name in self.names:
            shown = shown.replace(name, HIDDEN)
        return shown


def hides(expert: User, challenge: Challenge) -> bool:
    """Say whether bidders are hidden from this expert: in a blind call, until all is scored."""
    if not queries.rules_of(challenge.call).blind or challenge.state in experts.OVER:
        return False
    done = Seat.objects.filter(expert__user=expert, challenge=challenge, state=SeatState.DONE)
    return not done.exists()


def mask_for(expert: User, bid: Proposal) -> Mask | None:
    """Return what hides the bidder from this expert; None where nothing does, or no more."""
    if not hides(expert, bid.challenge):
        return None
    return Mask(alias(bid), tuple(names_of(bid)))


def hidden(texts: Iterable[tuple[str, str]], mask: Mask | None) -> list[tuple[str, str]]:
    """Return named texts as this mask lets them be read."""
    return [(label, mask.of(text) if mask else text) for label, text in texts]


def without_names(tables: list[dict[str, Any]], mask: Mask | None) -> list[dict[str, Any]]:
    """Return tables of (head, cell) rows; under a mask people and units are taken out of them."""
    if mask is None:
        return tables

    def shown(head: str, cell: str) -> str:
        return HIDDEN if cell and head in TELLING else mask.of(str(cell))

    return [
        {**table, "rows": [[(head, shown(head, cell)) for head, cell in row] for row in rows]}
        for table in tables
        if (rows := table["rows"])
    ]


def aliases(challenge: Challenge) -> dict[int, str]:
    """Return by the key of a solution what stands for its bidder. One query."""
    keys = proposals.of_challenge(challenge).values_list("pk", flat=True)
    return {key: f"{n} 号揭榜方" for n, key in enumerate(keys, 1)}


def alias(bid: Proposal) -> str:
    """Return what stands for this bidder."""
    return aliases(bid.challenge).get(bid.pk, "揭榜方")


def names_of(bid: Proposal) -> list[str]:
    """Return every name that would tell who bids, longest first."""
    partners = [name.strip() for name in _BETWEEN.split(bid.partners)]
    registered = Organization.objects.filter(name__in=partners)
    parties = bid.parties.select_related("unit")
    team = list(bid.team_rows.all())
    names = {bid.pi_name, bid.author.display_name, bid.signatory, *partners}
    names |= {party.signatory for party in parties} | {row.name for row in team}
    names |= {name for row in team for name in (row.unit, *short_names(row.unit))}
    host = [bid.host_unit] if bid.host_unit else []
    for unit in {bid.lead, *registered, *host, *(party.unit for party in parties)}:
        names |= {unit.name, *short_names(unit.name), unit.uscc, unit.website}
        names |= {unit.legal_person, unit.contact_name, unit.contact_phone, unit.contact_email}
        names |= {str(place.user) for place in units.members(unit)}
    for partner in partners:
        names |= set(short_names(partner))
    return sorted({n for n in names if len(n) >= SHORTEST}, key=lambda n: (-len(n), n))
