"""The expert's invitations: answer, sign, read; and the draws, which everybody may repeat."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.accounts.models import PlatformRole, User
from jiebang.awards import blinding
from jiebang.awards.blinding import Mask
from jiebang.common.errors import DomainError, NotFound
from jiebang.experts import draws, exceptions, policies, queries, seats
from jiebang.experts.models import Draw, Expert, Seat
from jiebang.experts.seats import UNDERTAKING
from jiebang.experts.states import HELD, SeatAction, SeatState
from jiebang.proposals import queries as bids
from jiebang.proposals.models import Proposal
from jiebang.taxonomy.models import TechField
from jiebang.web import proposal_parts
from jiebang.web.access import Request, open_to_all, requires_role
from jiebang.web.buttons import action_of, buttons
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.review_tables import DRAWS, SEATS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for

FILES_OPEN = (SeatState.UNDERTAKEN, SeatState.DONE)


class UndertakingForm(ServiceForm):
    """The expert's own name under the undertaking."""

    signed_name = forms.CharField(label="签名（请填写本人姓名）", required=False, max_length=40)


@requires_role(PlatformRole.EXPERT)
def seat_list(request: Request) -> HttpResponseBase:
    """List one's invitations and panels: those under way, first due on top, or those over."""
    over = request.GET.get("tab") == "over"
    mine = queries.seats_of(request.user)
    current, past = mine.filter(state__in=HELD), mine.exclude(state__in=HELD)
    rows = past.order_by("-pk") if over else current
    if file := SEATS.file(request, rows):
        return file
    context = {
        "over": over,
        "tabs": [
            {"label": "进行中", "url": address("expert-seats"), "count": current.count(),
             "active": not over},
            {"label": "已结束", "url": address("expert-seats", tab="over"), "count": past.count(),
             "active": over},
        ],
        "page_obj": page_of(request, rows, table=SEATS),
    }  # fmt: skip
    return render(request, "expert/seats.html", context)


@requires_role(PlatformRole.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: Request, pk: int) -> HttpResponse:
    """Show an invitation by its title, and take the signature; solutions open after that."""
    thing = found(queries.seats_of(request.user), pk)
    form = UndertakingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            seats.move(
                seat=thing,
                action=SeatAction.UNDERTAKE,
                actor=request.user,
                signed_name=form.cleaned_data["signed_name"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "已签署评审承诺，评审材料已开放")
            return redirect("web:expert-seat", pk)
    opened = thing.state in FILES_OPEN
    actions = [a for a in policies.actions_for(request.user, thing) if a != SeatAction.UNDERTAKE]
    context = {
        "seat": thing,
        "challenge": thing.challenge,
        "form": form if thing.state == SeatState.ACCEPTED else None,
        "undertaking": UNDERTAKING,
        "bids": _bids(request.user, thing) if opened else [],
        "need": thing.challenge.need,
        "indicators": thing.challenge.need.indicators.all() if opened else [],
        "actions": buttons(
            Seat.LIFE, actions, address("expert-seat-move", pk), primary=SeatAction.ACCEPT
        ),
        "trail": trail(thing),
    }
    return render(request, "expert/seat.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.EXPERT)
@require_POST
def seat_move(request: Request, pk: int) -> HttpResponseRedirect:
    """Accept, decline, or declare an interest."""
    thing = found(queries.seats_of(request.user), pk)
    seats.move(
        seat=thing,
        action=action_of(request, Seat.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    messages.success(request, f"“{thing.challenge.title}”{thing.get_state_display()}")
    return redirect("web:expert-seat", pk)


@requires_role(PlatformRole.EXPERT)
def bid(request: Request, pk: int) -> HttpResponse:
    """Show a solution to its expert, once the undertaking is signed."""
    mine = bids.with_parts(Proposal.objects.filter(seats__expert__user=request.user))
    thing = found(mine.prefetch_related("responses__indicator"), pk)
    policies_say = queries.may_open(request.user, thing)
    policies_say.enforce()
    own = queries.seats_of(request.user).filter(assignments__proposal=thing).first()
    if own is None:
        raise NotFound("没有这份揭榜书，或者您无权查看")
    mask = blinding.mask_for(request.user, thing)
    context = {
        "bid": thing,
        "who": mask.alias if mask else thing.lead,
        "masked": mask is not None,
        "challenge": thing.challenge,
        "back": address("expert-seat", own.pk),
        "responses": _unnamed(thing.responses.all(), mask),
        # A name in a file would tell whose it is.
        "files": None if mask else shelves_for(thing, request.user),
        "receipts": [],
        "texts": blinding.hidden(proposal_parts.texts(thing), mask),
        "tables": blinding.without_names(proposal_parts.tables(thing), mask),
        "parties": [] if mask else thing.parties.select_related("unit"),
    }
    return render(request, "officer/bid.html", context)


@open_to_all
def draw_list(request: HttpRequest) -> HttpResponseBase:
    """List the draws."""
    rows = queries.draws()
    if file := DRAWS.file(request, rows):
        return file
    context = {"page_obj": page_of(request, rows, table=DRAWS)}
    return render(request, "public/draws.html", context)


@open_to_all
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draw with all that it takes to repeat it; names only once the award is made."""
    thing = found(queries.draws(), pk)
    named = queries.names_are_public(thing.challenge)
    seated = list(thing.seats.select_related("expert__user").order_by("pk"))
    context = {
        "draw": thing,
        "challenge": thing.challenge,
        "quotas": [(_field(row["field"]), row["count"]) for row in thing.quotas],
        "drawn": [
            (n, label, _name(thing, label, seated) if named else "")
            for n, label in enumerate(thing.drawn, 1)
        ],
        "substitutes": [
            (thing.label_of(each.expert), str(each.expert) if named else "")
            for each in seated
            if each.origin == "substitute"
        ],
        "free": sum(not row["excluded"] for row in thing.pool),
        "rows": _pool(thing),
        "named": named,
        "exceptions": exceptions.published(thing.challenge, named=named),
    }
    return render(request, "public/draw.html", context)


@open_to_all
def draw_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the file that `replay_draw --file` repeats."""
    thing = found(queries.draws(), pk)
    answer = JsonResponse(draws.document(thing), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{thing.number}.json"'
    return answer


def _bids(user: User, thing: Seat) -> list[Any]:
    """Return the seat's solutions, each with who bids, or what stands for it."""
    rows = list(thing.assignments.select_related("proposal__lead").order_by("proposal_id"))
    named = {row.proposal_id: row.proposal.lead.name for row in rows}
    if rows and blinding.hides(user, thing.challenge):
        named = blinding.aliases(thing.challenge)
    for row in rows:
        row.who = named[row.proposal_id]  # type: ignore[attr-defined]
    return rows


def _unnamed(answers: Any, mask: Mask | None) -> list[Any]:
    rows = list(answers)
    for row in rows if mask else ():
        row.method, row.text = mask.of(row.method), mask.of(row.text)  # type: ignore[union-attr]
    return rows


def _pool(thing: Draw) -> list[tuple[str, str, str, str]]:
    """Return the pool in words: label, label of the unit, fields, what excludes."""
    names = dict(TechField.objects.values_list("code", "name"))
    return [
        (
            row["number"],
            row["unit"],
            "、".join(names.get(code, code) for code in row["fields"]),
            "、".join(str(draws.EXCLUDED.get(kind, kind)) for kind in row["excluded"]),
        )
        for row in thing.pool
    ]


def _field(code: str) -> str:
    field = TechField.objects.filter(code=code).first() if code else None
    return field.name if field else "不限领域"


def _name(thing: Draw, label: str, seated: list[Seat]) -> str:
    number = thing.key[label]
    experts: dict[str, Expert] = {each.expert.number: each.expert for each in seated}
    return str(experts[number]) if number in experts else ""
