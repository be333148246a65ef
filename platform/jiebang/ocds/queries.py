"""What is public of awards and commissions, as OCDS releases, newest first.

`direct` are commissions under notice or decided; `open` and `selective` awarded challenges: the
latter where only admitted units read the requirement. Money is in yuan.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from jiebang.awards.models import Award
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions import queries as commissions
from jiebang.commissions.models import Commission
from jiebang.commissions.states import MADE
from jiebang.common.money import YUAN_PER_WAN
from jiebang.contracts.models import Contract
from jiebang.contracts.states import ENDED
from jiebang.contracts.states import State as ContractState
from jiebang.library.models import TechNeed
from jiebang.library.states import Secrecy
from jiebang.ocds.packages import Json, moment
from jiebang.organizations.models import Organization
from jiebang.proposals import queries as proposals

SCHEME = "CN-USCC"
# The standard calls a contract terminated whose work is over, however it ended.
CONTRACT_STATUS = dict.fromkeys(ENDED, "terminated") | {
    ContractState.DRAFTING: "pending",
    ContractState.SIGNING: "pending",
    ContractState.RUNNING: "active",
}
DECIDED = (ChallengeState.AWARDED, ChallengeState.COMPLETED)
METHODS = {"direct": "定向委托", "open": "公开张榜", "selective": "限入围单位张榜"}
Process = tuple[datetime, Commission | Challenge]


def processes(method: str = "") -> list[Process]:
    """Return what is public with its moment, newest first: all of it, or of one method."""
    found: list[Process] = []
    if method in ("", "direct"):
        direct = commissions.notices().exclude(published_at=None)
        found += [(row.effective_at or row.published_at or row.created_at, row) for row in direct]
    if method != "direct":
        awards = Award.objects.order_by("pk").values_list("challenge", "decided_at")
        decided = dict(awards)
        rows = Challenge.objects.filter(pk__in=decided, state__in=DECIDED)
        for row in rows.select_related("need__owner").prefetch_related("awards__proposal__lead"):
            if method in ("", method_of(row)):
                found.append((decided[row.pk], row))
    return sorted(found, key=lambda each: (each[0], each[1].number), reverse=True)


def publisher() -> str:
    """Return who publishes."""
    return str(settings.BUREAU_NAME)


def releases(rows: Iterable[Process]) -> list[Json]:
    """Return a release for each process, in the same order."""
    return [release(thing, when) for when, thing in rows]


def find(ocid: str) -> Json | None:
    """Return the release of a process by its ocid; None where there is none or none is public."""
    rows = (row for row in processes() if ocid_of(row[1]) == ocid)
    return next((release(thing, when) for when, thing in rows), None)


def ocid_of(thing: Commission | Challenge) -> str:
    """Return the process's identifier: the publisher's prefix and the official number."""
    return f"{settings.OCID_PREFIX}-{thing.number}"


def method_of(thing: Commission | Challenge) -> str:
    """Return how it was procured."""
    if isinstance(thing, Commission):
        return "direct"
    return "selective" if thing.need.secrecy == Secrecy.ADMITTED else "open"


def release(thing: Commission | Challenge, when: datetime) -> Json:
    """Return the newest release of a process."""
    return _commission(thing, when) if isinstance(thing, Commission) else _challenge(thing, when)


def _commission(thing: Commission, when: datetime) -> Json:
    made = thing.state in MADE
    suppliers = list(
        {u.pk: u for u in (thing.candidate, *(m.unit for m in thing.consortium.all()))}.values()
    )
    contracts = list(Contract.objects.filter(commission=thing))
    award = {
        "id": thing.number,
        "title": thing.title,
        "description": thing.reason,
        "status": "active" if made else "pending",
        "date": moment(when),
        "value": _yuan(thing.amount),
        "suppliers": [_named(unit) for unit in suppliers],
    }
    tender = {
        "id": thing.number,
        "title": thing.title,
        "status": "complete" if made else "active",
        "procurementMethod": "direct",
        "procurementMethodDetails": f"定向委托（{thing.get_kind_display()}）",
        "procurementMethodRationale": f"{thing.get_cause_display()}：{thing.reason}",
        "mainProcurementCategory": "services",
        "value": _yuan(thing.amount),
        "items": _items(thing.needs),
    }
    return _release(thing, when, thing.needs, suppliers, (), tender, [award], contracts)


def _challenge(thing: Challenge, when: datetime) -> Json:
    awards = list(thing.awards.all())
    bidders = [bid.lead for bid in proposals.of_challenge(thing).select_related("lead")]
    contracts = list(Contract.objects.filter(award__in=awards).select_related("award"))
    tender: Json = {
        "id": thing.number,
        "title": thing.title,
        "status": "complete",
        "procurementMethod": method_of(thing),
        "procurementMethodDetails": "揭榜挂帅",
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "tenderPeriod": {
            "startDate": moment(thing.opens_at),
            "endDate": moment(thing.closes_at),
        },
        "numberOfTenderers": len(bidders),
        "tenderers": [_named(unit) for unit in bidders],
        "items": _items([thing.need]),
    }
    if thing.bounty is not None:
        tender["value"] = _yuan(thing.bounty)
    rows = [
        {
            "id": row.number,
            "title": thing.title,
            "description": row.reason,
            "status": "active",
            "date": moment(row.decided_at),
            "value": _yuan(row.amount),
            "suppliers": [_named(row.proposal.lead)],
        }
        for row in awards
    ]
    winners = [row.proposal.lead for row in awards]
    return _release(thing, when, [thing.need], winners, bidders, tender, rows, contracts)


def _release(
    thing: Commission | Challenge,
    when: datetime,
    needs: Sequence[TechNeed],
    suppliers: Sequence[Organization],
    tenderers: Sequence[Organization],
    tender: Json,
    awards: list[Json],
    contracts: Sequence[Contract],
) -> Json:
    buyers = list(
        {n.owner.pk: n.owner for n in needs if n.owner is not None and not n.mask_owner}.values()
    )
    parties: dict[str, Json] = {}
    for role, units in (("buyer", buyers), ("tenderer", tenderers), ("supplier", suppliers)):
        for unit in units:
            party = parties.setdefault(_key(unit), _party(unit))
            party["roles"] = sorted({*party["roles"], role})
    bureau = {"id": settings.BUREAU_KEY, "name": settings.BUREAU_NAME}
    roles = ["funder", "procuringEntity", *([] if buyers else ["buyer"])]
    made = {
        "ocid": ocid_of(thing),
        "id": f"{ocid_of(thing)}-{moment(when)}",
        "date": moment(when),
        "language": "zh",
        "tag": ["tender", "award", *(["contract"] if contracts else [])],
        "initiationType": "tender",
        "parties": [*parties.values(), {**bureau, "roles": sorted(roles)}],
        "buyer": _named(buyers[0]) if buyers else bureau,
        "tender": {**tender, "procuringEntity": bureau},
        "awards": awards,
    }
    if contracts:
        made["contracts"] = [_contract(row) for row in contracts]
    return made


def _contract(row: Contract) -> Json:
    made: Json = {
        "id": row.number,
        "awardID": row.origin.number,
        "title": row.title,
        "status": CONTRACT_STATUS[ContractState(row.state)],
        "value": _yuan(row.amount),
    }
    if row.signed_at:
        made["dateSigned"] = moment(row.signed_at)
    return made


def _items(needs: Iterable[TechNeed]) -> list[Json]:
    return [{"id": need.number, "description": need.title} for need in needs]


def _party(unit: Organization) -> Json:
    identifier = {"scheme": SCHEME, "id": unit.uscc, "legalName": unit.name}
    return {"id": _key(unit), "name": unit.name, "identifier": identifier, "roles": []}


def _named(unit: Organization) -> dict[str, Any]:
    return {"id": _key(unit), "name": unit.name}


def _key(unit: Organization) -> str:
    return f"{SCHEME}-{unit.uscc}"


def _yuan(amount: Decimal) -> Json:
    return {"amount": float(amount * YUAN_PER_WAN), "currency": "CNY"}
