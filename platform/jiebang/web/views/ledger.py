"""存证核验: anyone checks that a record of the ledger is still as it was written."""

import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.accounts.models import User
from jiebang.ledger import policies, queries
from jiebang.web.access import open_to_all
from jiebang.web.htmx import render
from jiebang.web.listing import page_of
from jiebang.web.tables import LEDGER


@open_to_all
def ledger(request: HttpRequest) -> HttpResponseBase:
    """Show the end of the chain and its newest records, and ask for a number to check."""
    asked = request.GET.get("number", "").strip()
    if asked.isdecimal() and len(asked) < 19:
        return redirect("web:ledger-record", int(asked))
    rows = queries.newest()
    if file := LEDGER.file(request, rows):
        return file
    context = {
        "head": queries.head(),
        "page_obj": page_of(request, rows, table=LEDGER),
        "unread": asked,
    }
    return render(request, "ledger/ledger.html", context)


@open_to_all
def record(request: HttpRequest, number: int) -> HttpResponse:
    """Check one record now: its hash, its neighbours, and what it speaks of."""
    thing = queries.record(number)
    user = request.user if isinstance(request.user, User) else None
    shown = policies.may_read_facts(user, thing)
    context = {
        "thing": thing,
        "faults": queries.check_one(thing),
        "shown": shown,
        "text": _legible(thing.facts) if shown else "",
    }
    return render(request, "ledger/record.html", context)


def _legible(facts: str) -> str:
    try:
        return json.dumps(json.loads(facts), ensure_ascii=False, indent=2)
    except ValueError:  # somebody wrote into it; show it as it is
        return facts
