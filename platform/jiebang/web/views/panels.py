"""The panel of a challenge: draw, ask by hand, exceptions; and the assignment over a call."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.accounts.models import PlatformRole, User
from jiebang.batches.deeds import Code
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.errors import DomainError, Invalid
from jiebang.experts import draws, policies, queries, seats, services
from jiebang.experts.models import Draw, Expert, Seat, Waiver
from jiebang.experts.states import HELD, ON_PANEL, WaiverAction
from jiebang.library.models import Call
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.buttons import action_of, buttons
from jiebang.web.expert_forms import QuotaFormSet, RulesForm, typed_quotas
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.views.officer import BUREAU

ROWS = "quotas"


class DrawForm(ServiceForm):
    """Why there is another round."""

    reason = forms.CharField(
        label="再次抽取的原因",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request, pk: int) -> HttpResponse:
    """Show who judges a challenge and who could; take a draw's quotas."""
    thing = found(challenges.visible_to(request.user), pk)
    posted = request.method == "POST"
    form = DrawForm(request.POST or None)
    rows = QuotaFormSet(request.POST or None, prefix=ROWS)
    if posted:
        policies.may_seat(request.user, thing).enforce()
    if posted and all([form.is_valid(), rows.is_valid()]):
        try:
            draw = draws.hold(
                challenge=thing,
                actor=request.user,
                quotas=typed_quotas(rows),
                reason=form.cleaned_data["reason"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, f"已抽出 {len(draw.drawn)} 名专家并发出邀请")
            return redirect("web:officer-panel", pk)
    context = {"challenge": thing, "form": form, "formset": rows, **_standing(request, thing)}
    return render(request, "experts/panel.html", context, status=422 if posted else 200)


@requires_role(PlatformRole.OFFICER)
@require_POST
def invite(request: Request, pk: int) -> HttpResponseRedirect:
    """Ask one expert by hand, or ask a second officer for an exception."""
    thing = found(challenges.visible_to(request.user), pk)
    policies.may_seat(request.user, thing).enforce()
    key = request.POST.get("expert", "")
    if not key.isdecimal():
        raise Invalid("请选择专家")
    expert = found(queries.pool(), int(key))
    if request.POST.get("action") == "waive":
        services.propose_waiver(
            expert=expert,
            challenge=thing,
            actor=request.user,
            reason=request.POST.get("note", ""),
        )
        messages.success(request, f"已提出{expert}的回避例外，等待另一名工作人员复核")
    else:
        seats.invite(expert=expert, challenge=thing, actor=request.user)
        messages.success(request, f"已邀请{expert}")
    return redirect("web:officer-panel", pk)


@requires_role(*BUREAU)
@require_POST
def decide(request: Request, pk: int) -> HttpResponseRedirect:
    """Approve or refuse an exception, as another officer."""
    waiver = found(queries.waivers_visible_to(request.user), pk)
    services.decide_waiver(
        waiver=waiver,
        action=action_of(request, Waiver.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    messages.success(request, f"回避例外{waiver.get_state_display()}")
    return redirect("web:officer-panel", waiver.challenge_id)


@requires_role(*BUREAU)
@require_POST
def seat_move(request: Request, pk: int) -> HttpResponseRedirect:
    """Take an expert off the panel."""
    seat = found(queries.seats_visible_to(request.user), pk)
    came = seats.move(
        seat=seat,
        action=action_of(request, Seat.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    after = f"，由{came.expert}递补" if came else "，没有可以递补的专家"
    messages.success(request, f"{seat.expert}{seat.get_state_display()}{after}")
    return redirect("web:officer-panel", seat.challenge_id)


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def call_panels(request: Request, pk: int) -> HttpResponse:
    """Show and set what a call asks of its panels, and what waits for experts."""
    call = found(Call.objects.all(), pk)
    rules = queries.rules_of(call)
    form = RulesForm(request.POST or None, initial=RulesForm.initial_of(rules))
    if request.method == "POST":
        policies.may_keep_pool(request.user).enforce()
        if form.is_valid():
            try:
                services.set_rules(call=call, actor=request.user, values=form.cleaned_data)
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, "评审规则已保存")
                return redirect("web:officer-call-panels", pk)
    context = {
        "call": call,
        "form": form,
        "may_keep": bool(policies.may_keep_pool(request.user)),
        "waiting": draws.to_assign(call),
        **_trial(request, call),
    }
    return render(request, "experts/call.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.OFFICER)
@require_POST
def assign(request: Request, pk: int) -> HttpResponseRedirect:
    """Invite the experts of the best assignment."""
    made = draws.assign(call=found(Call.objects.all(), pk), actor=request.user)
    messages.success(request, f"已按最优分派向 {len(made)} 个席位发出邀请")
    return redirect("web:officer-call-panels", pk)


def _trial(request: Request, call: Call) -> dict[str, Any]:
    """Return the best assignment where it was asked for, or why there is none."""
    if not request.GET.get("trial"):
        return {"trial": False}
    try:
        given = draws.plan(call)
    except DomainError as refusal:
        return {"trial": True, "trouble": str(refusal)}
    given.sort(key=lambda each: (each.proposal.pk, -each.fit))
    return {
        "trial": True,
        "given": given,
        "total": sum(each.fit for each in given),
        "weakest": min((each.fit for each in given), default=0),
        "loads": Counter(str(each.expert) for each in given).most_common(),
    }


def _standing(request: Request, thing: Challenge) -> dict[str, Any]:
    """Return the seats, draws and exceptions, and the pool for whoever may fill the panel."""
    seated = list(queries.panel(thing))
    may_see = bool(policies.may_weigh(request.user, thing))
    open_now = may_see and thing.state_now == "closed"
    pool = draws.candidates(thing, bids.count(thing)) if open_now else []
    pool.sort(key=lambda each: (not each.free, not each.waivable, each.expert.pk))
    return {
        "sealed": thing.is_sealed,
        "rules": queries.rules_of(thing.call),
        "bid_count": bids.count(thing),
        "seats": [(seat, _seat_buttons(request.user, seat)) for seat in seated],
        "owing": {seat.pk for seat in seated if seat.state in HELD},
        "on_panel": sum(seat.state in ON_PANEL for seat in seated),
        "draws": [(draw, _left_out(draw)) for draw in thing.draws.order_by("-round")],
        "waivers": [
            (waiver, _waiver_buttons(request.user, waiver))
            for waiver in queries.waivers_visible_to(request.user).filter(challenge=thing)
        ],
        "open_now": open_now,
        "reminding": bulk(request.user, Code.REMIND_EXPERTS, form="bulk-seats"),
        "inviting": bulk(request.user, Code.INVITE_EXPERTS, challenge=thing.pk, form="bulk-pool"),
        "page_obj": page_of(request, pool),
    }


def _left_out(draw: Draw) -> list[tuple[str, str, list[str]]]:
    """Return by label who was left out of a draw, and why."""
    numbers = {label: draw.key[label] for label in draw.exclusions}
    keys = [int(number.rpartition("-")[2]) for number in numbers.values()]
    names = {each.number: str(each) for each in _named(keys)}
    return [
        (label, names.get(numbers[label], ""), why)
        for label, why in sorted(draw.exclusions.items())
    ]


def _named(keys: list[int]) -> list[Expert]:
    return list(Expert.objects.filter(pk__in=keys).select_related("user"))


def _seat_buttons(user: User, seat: Seat) -> list[Any]:
    mine = [a for a in policies.actions_for(user, seat) if a == "remove"]
    return list(buttons(Seat.LIFE, mine, address("officer-seat-move", seat.pk)))


def _waiver_buttons(user: User, waiver: Waiver) -> list[Any]:
    actions = Waiver.LIFE.actions_from(waiver.state)
    if not policies.may_decide(user, waiver):
        actions = []
    url = address("officer-waiver", waiver.pk)
    return list(buttons(Waiver.LIFE, actions, url, primary=WaiverAction.APPROVE))
