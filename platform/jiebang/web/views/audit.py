"""The record: who did what to what, when and why."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.http.response import HttpResponseBase

from jiebang.audit.models import Entry
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, requires_role
from jiebang.web.bureau_filters import EntryFilter
from jiebang.web.htmx import render
from jiebang.web.listing import address, page_of
from jiebang.web.tables import RECORD
from jiebang.web.trail import line_of
from jiebang.web.views.officer import BUREAU

PAGE = 50
# What the name of a thing is made of besides itself.
NAMED_AFTER = {
    "proposals.proposal": ("challenge", "lead"),
    "awards.award": ("challenge", "proposal__lead"),
}
# Where a thing that the record speaks of is shown.
PLACES = {
    "organizations.organization": "officer-unit",
    "library.call": "officer-call",
    "library.techneed": "need",
    "challenges.challenge": "officer-award",
    "proposals.proposal": "officer-bid",
    "contracts.contract": "contract",
    "integrity.integrityrecord": "integrity-record",
}


@requires_role(*BUREAU)
def log(request: Request) -> HttpResponseBase:
    """List the record, newest first; what would break a seal is not in it yet."""
    form = EntryFilter(request.GET)
    entries = form.apply(bids.without_sealed(Entry.objects.all())).order_by("-pk")
    if file := RECORD.file(request, entries):
        return file
    page = page_of(request, entries, PAGE, RECORD)
    things = _things(page)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [
            {
                "line": line_of(entry),
                "entry": entry,
                "kind": _kind(entry),
                "thing": things.get((entry.thing_type, entry.thing_id)),
                "url": _place(entry),
                "only": address("audit-log", kind=entry.thing_type, thing=entry.thing_id),
            }
            for entry in page
        ],
    }
    return render(request, "audit/log.html", context, part="audit/_log.html")


def _things(entries: Iterable[Entry]) -> dict[tuple[str, int], str]:
    """Return the names of what the entries speak of; one query for each kind."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.thing_type, set()).add(entry.thing_id)
    names: dict[tuple[str, int], str] = {}
    for kind, keys in wanted.items():
        model: Any = apps.get_model(kind)
        things = model._default_manager.select_related(*NAMED_AFTER.get(kind, ()))
        found = things.in_bulk(keys)
        names |= {(kind, key): str(thing) for key, thing in found.items()}
    return names


def _kind(entry: Entry) -> str:
    return str(apps.get_model(entry.thing_type)._meta.verbose_name)


def _place(entry: Entry) -> str:
    name = PLACES.get(entry.thing_type)
    return address(name, entry.thing_id) if name else ""
