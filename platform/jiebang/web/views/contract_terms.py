"""Writing a contract: dates, clauses, and the milestones whose tranches must add up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from jiebang.common.errors import DomainError, WrongState
from jiebang.contracts import policies, queries, services
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Consequence, Item, State
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.rows import filled, put_back

MOST = 20  # milestones in one contract


class TermsForm(ServiceForm):
    """The terms beside the milestones."""

    title = forms.CharField(label="合同名称", max_length=80)
    starts_on = forms.DateField(label="开始日期", required=False)
    ends_on = forms.DateField(label="结束日期", required=False)
    ip_terms = forms.CharField(
        label="知识产权约定",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    amount = MoneyField(label="合同金额", required=False)
    self_raised = MoneyField(label="乙方自筹投入", required=False)
    matching = MoneyField(label="配套资金", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in Item:
            self.fields[f"budget-{item.value}"] = MoneyField(label=item.label, required=False)

    def budget_fields(self) -> list[Any]:
        """Return the fields of the budget, an item each."""
        return [self[f"budget-{item.value}"] for item in Item]

    def terms(self) -> dict[str, Any]:
        """Return what the service takes; money left empty stays as it is."""
        data = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith("budget-")
            and (value is not None or name in ("starts_on", "ends_on"))
        }
        budget = {item.value: self.cleaned_data[f"budget-{item.value}"] for item in Item}
        return {**data, "budget": {item: value for item, value in budget.items() if value}}


class MilestoneForm(ServiceForm):
    """One milestone; a row that nobody filled in is left out."""

    title = forms.CharField(label="里程碑", max_length=80)
    due_on = forms.DateField(label="应完成日期")
    tranche = MoneyField(label="拨付金额")
    goal = forms.CharField(
        label="目标与交付物",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    upfront = MoneyField(label="其中生效即可申请", required=False)
    evidence_asked = forms.CharField(
        label="应提交的证据",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consequence = forms.ChoiceField(
        label="不达标的后果",
        choices=[
            ("", Consequence.RECTIFY.label),  # an untouched row stays empty
            *(c for c in Consequence.choices if c[0] != Consequence.RECTIFY),
        ],
        required=False,
    )
    expert_check = forms.BooleanField(label="专家检查", required=False)
    indicators = forms.TypedMultipleChoiceField(
        label="考核指标", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = choices  # type: ignore[attr-defined]

    def written(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        data["upfront"] = data["upfront"] or 0
        data["consequence"] = data["consequence"] or Consequence.RECTIFY
        return data


class MilestoneRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The milestones as typed; none of them counts as there before."""

    def initial_form_count(self) -> int:
        """Return 0: what is written replaces what was there."""
        return 0


@signed_in
def edit(request: Request, pk: int) -> HttpResponse:
    """Write the contract while it is being drafted."""
    contract = found(queries.visible_to(request.user), pk)
    policies.may_draft(request.user, contract).enforce()
    if contract.state != State.DRAFTING:
        raise WrongState("合同已送签，内容已锁定；如需修改请先退回重拟")
    typed = request.POST if request.method == "POST" else None
    form = TermsForm(typed, initial=_terms(contract))
    rows = _rows(contract, typed)
    if form.is_valid() and rows.is_valid():
        try:
            services.write(
                contract=contract,
                actor=request.user,
                data=form.terms(),
                milestones=[row.written() for row in filled(rows)],
            )
        except DomainError as refusal:
            put_back(refusal, rows)
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, "合同已保存")
            return redirect("web:contract", pk)
    context = {"contract": contract, "form": form, "rows": rows}
    wrong = form.is_bound and (form.errors or rows.total_error_count())
    return render(request, "contracts/edit.html", context, status=422 if wrong else 200)


def _terms(contract: Contract) -> dict[str, Any]:
    planned = {f"budget-{line.item}": line.amount for line in contract.budget.all()}
    return {**{name: getattr(contract, name) for name in TermsForm.base_fields}, **planned}


def _rows(contract: Contract, typed: Mapping[str, Any] | None) -> MilestoneRows:
    indicators = contract.indicators
    choices = [(row.pk, str(row)) for row in indicators]
    written = [
        {
            "title": stone.title,
            "due_on": stone.due_on,
            "tranche": f"{stone.tranche.normalize():f}",
            "goal": stone.goal,
            "upfront": f"{stone.upfront.normalize():f}" if stone.upfront else "",
            "evidence_asked": stone.evidence_asked,
            "consequence": "" if stone.consequence == Consequence.RECTIFY else stone.consequence,
            "expert_check": stone.expert_check,
            "indicators": [row.pk for row in stone.indicators.all()],
        }
        for stone in contract.milestones.prefetch_related("indicators")
    ]
    made: Any = forms.formset_factory(
        MilestoneForm,
        formset=MilestoneRows,
        extra=max(len(written), 1) + (not written),
        max_num=MOST,
        absolute_max=MOST,
    )
    initial = written if typed is None else None
    rows: MilestoneRows = made(
        typed, initial=initial, prefix="milestones", form_kwargs={"choices": choices}
    )
    return rows
