"""Contracts: the list, the page of one, sending, signing, accepting, terminating."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common import clock
from jiebang.common.errors import DomainError, Invalid, WrongState
from jiebang.contracts import policies, queries, services, versions
from jiebang.contracts.models import Contract, Milestone, MilestoneReport
from jiebang.contracts.states import MilestoneState, Side, State
from jiebang.web import acceptance_parts, contract_buttons, gantt
from jiebang.web import contract_parts as parts
from jiebang.web.access import Request, signed_in
from jiebang.web.bureau_filters import ContractFilter, counted, tabs
from jiebang.web.buttons import action_of, seen
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.tables import CONTRACTS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for_all
from jiebang.web.wording import until


class NumberForm(ServiceForm):
    """The number under which the bureau keeps the contract, and its date."""

    contract_no = forms.CharField(label="合同文号", max_length=60)
    dated_on = forms.DateField(label="签订日期")


@signed_in
def contract_list(request: Request) -> HttpResponseBase:
    """List the contracts one is a party to; the bureau sees all of them."""
    form = ContractFilter(request.GET)
    asked = form.apply(queries.visible_to(request.user))
    rows = form.of_state(asked)
    if file := CONTRACTS.file(request, rows):
        return file
    page = page_of(request, rows, table=CONTRACTS)
    context = {
        "form": form,
        "tabs": tabs("contracts", form, dict(State.choices), counted(asked)),
        "page_obj": page,
        "rows": {contract.pk: _row(contract) for contract in page},
    }
    return render(request, "contracts/list.html", context, part="contracts/_list.html")


@signed_in
def contract(request: Request, pk: int) -> HttpResponse:
    """Show a contract with everything that happened under it."""
    reports = MilestoneReport.objects.select_related("reported_by").prefetch_related(
        "measurements__indicator", "spending", "opinions__expert"
    )
    milestones = Milestone.objects.prefetch_related("indicators", Prefetch("reports", reports))
    visible = queries.visible_to(request.user).prefetch_related(None)
    things = visible.prefetch_related(
        "signatures__signer", "budget", Prefetch("milestones", milestones)
    )
    thing = found(things.select_related("settlement__proposed_by", "settlement__confirmed_by"), pk)
    stones = list(thing.milestones.all())
    payments = list(queries.payments_of(thing))
    requests = list(queries.requests_of(thing))
    settlement = getattr(thing, "settlement", None)
    user = request.user
    context = {
        "contract": thing,
        "need": thing.needs[0],
        "steps": parts.steps(thing),
        "actions": contract_buttons.of_contract(user, thing),
        "hints": contract_buttons.hints(user, thing),
        "segments": parts.money(thing, stones),
        "gantt": gantt.chart(thing, stones),
        "warnings": parts.warnings(thing, stones),
        "indicators": parts.indicator_rows(
            thing.indicators, parts.promises(thing), parts.newest_measurements(stones)
        ),
        "milestones": [
            (
                stone,
                contract_buttons.of_milestone(user, stone),
                parts.state_label(thing, stone),
                files,
                contract_buttons.check_runs(stone, contract_buttons.newest_opinions(stone)),
            )
            for stone, files in zip(stones, shelves_for_all(stones, user), strict=True)
        ],
        "spending": parts.spending_rows(thing, stones),
        "signatures": parts.signatures(thing),
        "payments": [
            (row, contract_buttons.of_payment(user, row), files)
            for row, files in zip(payments, shelves_for_all(payments, user), strict=True)
        ],
        "balance": parts.balance(thing, payments),
        "requests": [
            (
                row,
                versions.differences(row.before, row.after),
                contract_buttons.of_request(user, row, thing.version),
                files,
            )
            for row, files in zip(requests, shelves_for_all(requests, user), strict=True)
        ],
        "settlement": settlement,
        "settlement_actions": contract_buttons.of_settlement(user, settlement)
        if settlement
        else [],
        "versions": list(thing.versions.select_related("made_by")),
        "race": thing.award.challenge.race
        if thing.race_lane and thing.award and user.has_role(*policies.READERS)
        else None,
        "trail": trail(thing, *stones, *payments, *requests, *([settlement] if settlement else [])),
        **acceptance_parts.of_contract(user, thing),
    }
    return render(request, "contracts/contract.html", context)


@signed_in
def countersign(request: Request, pk: int) -> HttpResponse:
    """Sign for the bureau, with the contract's number and date."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may_sign(request.user, thing, Side.BUREAU).enforce()
    if request.method == "GET" and thing.state != State.SIGNING:
        raise WrongState("合同不在签署阶段")
    typed = request.POST if request.method == "POST" else None
    form = NumberForm(typed, initial={"contract_no": thing.number, "dated_on": clock.today()})
    if form.is_valid():
        try:
            services.sign(
                contract=thing,
                actor=request.user,
                side=Side.BUREAU,
                version=seen(request, "version"),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(
                request, f"已代表{Side.BUREAU.label}签署，合同{thing.get_state_display()}"
            )
            return redirect("web:contract", pk)
    context = {
        "contract": thing,
        "form": form,
        "heading": "登记文号并签署",
        "facts": [("合同金额", thing.amount), ("其中财政补助", thing.grant)],
        "hint": "签署即表示科技局同意合同全部内容；各方签署完毕，合同立即生效。",
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Send for signing, reopen, accept or terminate."""
    thing = found(queries.visible_to(request.user), pk)
    action = action_of(request, Contract.LIFE)
    note = request.POST.get("note", "")
    services.move(contract=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"合同{thing.get_state_display()}")
    return redirect("web:contract", pk)


@signed_in
@require_POST
def sign(request: Request, pk: int) -> HttpResponseRedirect:
    """Sign for one side."""
    thing = found(queries.visible_to(request.user), pk)
    side = request.POST.get("action", "")
    if side not in Side.values:
        raise Invalid("没有这个签署方，请刷新页面后重试")
    version = seen(request, "version")
    services.sign(contract=thing, actor=request.user, side=side, version=version)
    running = thing.state == State.RUNNING
    messages.success(
        request, "各方已签署，合同生效" if running else f"已代表{Side(side).label}签署"
    )
    return redirect("web:contract", pk)


def _row(thing: Contract) -> dict[str, Any]:
    stones = list(thing.milestones.all())
    done = [stone for stone in stones if stone.state == MilestoneState.CONFIRMED]
    ahead = [stone for stone in stones if stone.state != MilestoneState.CONFIRMED]
    coming = ahead[0] if ahead and thing.state == State.RUNNING else None
    return {
        "done": len(done),
        "total": len(stones),
        "next": coming,
        "late": until(coming.deadline) if coming and coming.is_late() else "",
    }
