"""Changing, extending, terminating, revoking a contract; its versions; closing its file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError, NotFound, WrongState
from jiebang.contracts import changes, policies, queries, rules, settlements, versions
from jiebang.contracts.models import ChangeRequest, Contract, Milestone
from jiebang.contracts.states import REASONS, TO_REPORT, Item, RequestKind, State
from jiebang.library.states import RuleCode
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import action_of, seen
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found

STONE = ("due_on", "tranche", "upfront", "goal")


class AskForm(ServiceForm):
    """Why, as a coded reason with an explanation, and for each kind what it wants changed."""

    reason = forms.ChoiceField(label="原因")
    explanation = forms.CharField(
        label="说明", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self, *args: Any, kind: RequestKind, contract: Contract, stones: list[Milestone], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.kind, self.stones = kind, stones
        choices = [("", "请选择"), *((each.value, each.label) for each in REASONS[kind])]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        if kind == RequestKind.EXTENSION:
            self._add("ends_on", forms.DateField(label="延期至", initial=contract.ends_on))
        if kind == RequestKind.CHANGE:
            self._add_terms(contract)
        if kind in (RequestKind.CHANGE, RequestKind.EXTENSION):
            for stone in stones:
                self._add_stone(stone, dates_only=kind == RequestKind.EXTENSION)

    def _add(self, name: str, field: forms.Field) -> None:
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields[name] = field

    def _add_terms(self, contract: Contract) -> None:
        for name, label in (
            ("amount", "合同金额"),
            ("self_raised", "乙方自筹投入"),
            ("matching", "配套资金"),
        ):
            self._add(name, MoneyField(label=label, initial=getattr(contract, name)))
        self._add(
            "ip_terms",
            forms.CharField(
                label="知识产权约定",
                required=False,
                max_length=1000,
                initial=contract.ip_terms,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
        )
        planned = {line.item: line.amount for line in contract.budget.all()}
        for item in Item if planned else ():
            field = MoneyField(label=item.label, required=False, initial=planned.get(item))
            self._add(f"budget-{item.value}", field)

    def _add_stone(self, stone: Milestone, *, dates_only: bool) -> None:
        name = f"milestones-{stone.position}"
        self._add(f"{name}-due_on", forms.DateField(label="应完成日期", initial=stone.due_on))
        if dates_only:
            return
        self._add(f"{name}-tranche", MoneyField(label="拨付金额", initial=stone.tranche))
        self._add(
            f"{name}-upfront", MoneyField(label="其中合同生效即可申请", initial=stone.upfront)
        )
        goal = forms.CharField(
            label="目标与交付物",
            required=False,
            max_length=500,
            initial=stone.goal,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self._add(f"{name}-goal", goal)

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        asked = {name: data.pop(name) for name in ("reason", "explanation")}
        if "ends_on" in data:
            asked["ends_on"] = data.pop("ends_on")
        after: dict[str, Any] = {}
        for name, value in data.items():
            head, _, rest = name.partition("-")
            if head == "milestones":
                key, _, column = rest.partition("-")
                after.setdefault("milestones", {}).setdefault(key, {})[column] = value
            elif head == "budget":
                after.setdefault("budget", {})[rest] = value or 0
            else:
                after[name] = value
        return {**asked, "kind": self.kind, "after": after}

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Return the fields in their sections, each with its heading."""
        names = list(self.fields)
        plain = [n for n in names if not n.startswith(("milestones-", "budget-"))]
        found = [("申请", [self[n] for n in plain])]
        if budget := [self[n] for n in names if n.startswith("budget-")]:
            found.append(("预算科目", budget))
        for stone in self.stones:
            head = f"milestones-{stone.position}-"
            if mine := [self[n] for n in names if n.startswith(head)]:
                found.append((f"里程碑 {stone.position}：{stone.title}", mine))
        return found


class CloseForm(ServiceForm):
    """What the closer has counted."""

    paid_total = MoneyField(label="核对过的已拨付总额", required=False)


@signed_in
def ask(request: Request, pk: int, kind: str) -> HttpResponse:
    """Ask for a change, an extension, the termination or the revocation."""
    contract = found(queries.visible_to(request.user), pk)
    if kind not in RequestKind.values:
        raise NotFound("没有这类申请")
    policies.may_ask(request.user, kind, contract).enforce()
    if request.method == "GET":
        _may_begin(contract)
    which = RequestKind(kind)
    stones = [s for s in contract.milestones.all() if s.state in TO_REPORT]
    typed = request.POST if request.method == "POST" else None
    form = AskForm(typed, kind=which, contract=contract, stones=stones)
    if form.is_valid():
        try:
            changes.ask(contract=contract, actor=request.user, **form.arguments())
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已提出{which.label}申请")
            return redirect("web:contract", pk)
    limits = rules.of(contract)
    context = {
        "contract": contract,
        "form": form,
        "kind": which,
        "agreed": policies.needs_no_agreement(request.user, kind, contract),
        "limits": {name: int(limits[code]) for name, code in EXTENDING.items()},
    }
    wrong = bool(form.errors)
    return render(request, "contracts/ask.html", context, status=422 if wrong else 200)


EXTENDING = {
    "most": RuleCode.EXTENSIONS_MOST,
    "months": RuleCode.EXTENSION_MAX_MONTHS,
    "notice": RuleCode.EXTENSION_NOTICE_MONTHS,
}


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Agree, decline, decide or withdraw."""
    asked = found(queries.requests_visible_to(request.user), pk)
    changes.move(
        request=asked,
        action=action_of(request, ChangeRequest.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
        version=seen(request, "version"),
    )
    messages.success(request, f"{asked}：{asked.get_state_display()}")
    return redirect("web:contract", asked.contract_id)


@signed_in
def version(request: Request, pk: int, number: int) -> HttpResponse:
    """Show how the terms stood in a version, and what it changed."""
    contract = found(queries.visible_to(request.user), pk)
    rows = {row.number: row for row in contract.versions.select_related("made_by")}
    if number not in rows:
        raise NotFound("没有这个版本")
    before = rows.get(number - 1)
    differences = versions.differences(before.content, rows[number].content) if before else []
    context = {
        "contract": contract,
        "version": rows[number],
        "before": before,
        "differences": differences,
        "numbers": sorted(rows),
        "terms": versions.differences({}, rows[number].content),
    }
    return render(request, "contracts/version.html", context)


@signed_in
def close(request: Request, pk: int) -> HttpResponse:
    """Close the file with the paid total."""
    contract = found(queries.visible_to(request.user), pk)
    policies.may_close(request.user, contract).enforce()
    if request.method == "GET" and contract.closed_at:
        raise WrongState("合同已经办结，不能再修改", code="closed_already")
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            settlements.close(contract=contract, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "合同已办结")
            return redirect("web:contract", pk)
    context = {
        "contract": contract,
        "form": form,
        "heading": "办结合同",
        "facts": [("台账已拨付", contract.paid), ("已追回", contract.returned)],
        "hint": "办结后合同、里程碑和资金都不能再改。请先与财务凭证核对已拨付总额。",
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


def _may_begin(contract: Contract) -> None:
    if contract.state != State.RUNNING:
        raise WrongState(f"合同{contract.get_state_display()}，只有实施中的合同可以提出申请")
    if pending := changes.of_contract_pending(contract):
        raise WrongState(f"{pending}正在办理，办结或撤回后才能再提", code="request_pending")
