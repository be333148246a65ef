"""Questions asked of files."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.common.errors import NotFound
from jiebang.files import policies, registry
from jiebang.files.models import Attachment, Download
from jiebang.files.registry import Slot
from jiebang.files.states import USABLE, Scan

EVERYBODY = "public"  # the tier that keeps a file from nobody


class Shown(NamedTuple):
    """A file as one person sees it."""

    attachment: Attachment
    may_open: bool
    may_remove: bool
    why_not: str
    tier: str


class Shelf(NamedTuple):
    """A slot with what lies in it, as one person sees it."""

    slot: Slot
    files: list[Shown]
    has_room: bool


def of(thing: models.Model) -> QuerySet[Attachment]:
    """Return the files of a thing that stand now, quarantined ones among them."""
    return of_many(thing._meta.label_lower, [thing.pk])


def of_many(label: str, keys: Iterable[int]) -> QuerySet[Attachment]:
    """Return the files that stand now on things of one kind."""
    rows = Attachment.objects.filter(holder_type=label, holder_id__in=keys, removed_at=None)
    return rows.select_related("content", "unit").order_by("slot", "pk")


def counted(thing: models.Model) -> QuerySet[Attachment]:
    """Return the files that count: not infected, and not waiting for the scanner."""
    return of(thing).filter(content__state__in=USABLE)


def waiting(thing: models.Model) -> QuerySet[Attachment]:
    """Return the files that the scanner has not spoken about."""
    return of(thing).filter(content__state=Scan.PENDING)


def manifest(thing: models.Model) -> list[dict[str, Any]]:
    """Return what the counting files are, for hashing with what they belong to."""
    return [
        {
            "slot": row.slot,
            "name": row.name,
            "version": row.version,
            "size": row.content.size,
            "sha256": row.content.digest,
            "confidential": row.is_confidential,
        }
        for row in counted(thing)
    ]


def lacking(thing: models.Model) -> list[Slot]:
    """Return the slots that need a file and have none that counts."""
    filled = set(counted(thing).values_list("slot", flat=True))
    slots = policies.holder_of(thing).slots(thing)
    return [slot for slot in slots if slot.needed and slot.code not in filled]


def by_thing(things: Sequence[models.Model]) -> dict[int, list[Attachment]]:
    """Return the files that stand now on things of one kind, by key. One query."""
    found: dict[int, list[Attachment]] = {thing.pk: [] for thing in things}
    for row in of_many(things[0]._meta.label_lower, found) if things else ():
        found[row.holder_id].append(row)
    return found


def shelves(
    thing: models.Model, actor: User | None, rows: Iterable[Attachment] | None = None
) -> list[Shelf]:
    """Return the slots with the files that this person may know of; `rows` if known already."""
    holder = policies.holder_of(thing)
    lying: dict[str, list[Shown]] = {}
    writes = actor is not None and bool(policies.may_write(actor, thing))
    for row in of(thing) if rows is None else rows:
        if not holder.listing(actor, thing, row):
            continue
        decision = holder.may_read(actor, thing, row)
        mine = writes and actor is not None and bool(policies.may_remove(actor, thing, row))
        tier = dict(holder.tiers).get(row.tier, "")
        opens = bool(decision) and row.content.is_usable
        shown = Shown(row, opens, mine, decision.reason, tier)
        lying.setdefault(row.slot, []).append(shown)
    return [
        Shelf(slot, lying.get(slot.code, []), len(lying.get(slot.code, [])) < slot.most)
        for slot in holder.slots(thing)
    ]


def texts(thing: models.Model) -> list[str]:
    """Return the texts of the files that count, for the matcher.

    Confidential ones stay out, and those with a tier of their own other than for everybody.
    """
    rows = (
        counted(thing)
        .filter(is_confidential=False, tier__in=("", EVERYBODY))
        .exclude(content__text="")
    )
    return list(rows.values_list("content__text", flat=True))


def find(pk: int, actor: User | None) -> tuple[Attachment, models.Model]:
    """Return a file and the thing that holds it.

    Raises NotFound where the person may know of neither, NotAllowed where they know and may not.
    """
    missing = NotFound("没有这个附件，或者您无权查看")
    rows = Attachment.objects.select_related("content", "unit").filter(pk=pk)
    attachment = rows.first()
    if attachment is None:
        raise missing
    holder = registry.of_model(attachment.holder_type)
    thing = holder.visible(actor).filter(pk=attachment.holder_id).first()
    if thing is None:
        raise missing
    holder.gate(actor, thing).enforce()
    if not holder.listing(actor, thing, attachment):
        raise missing
    return attachment, thing


def thing_of(name: str, pk: int, actor: User | None) -> models.Model:
    """Return the thing by its word in addresses and key; refuses as `find` does."""
    holder = registry.named(name)
    thing = holder.visible(actor).filter(pk=pk).first() if holder else None
    if thing is None or holder is None:
        raise NotFound("没有这个对象，或者您无权查看")
    holder.gate(actor, thing).enforce()
    found: models.Model = thing
    return found


def downloads_of(thing: models.Model) -> QuerySet[Download]:
    """Return who opened the thing's files, the newest first."""
    about = Q(attachment__holder_type=thing._meta.label_lower, attachment__holder_id=thing.pk)
    return Download.objects.filter(about).select_related("attachment").order_by("-pk")
