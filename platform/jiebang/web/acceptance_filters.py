"""The filters of the portfolio, of acceptances and of assessments; all of them in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from jiebang.acceptance.models import Acceptance, Assessment
from jiebang.acceptance.states import AssessmentState
from jiebang.acceptance.states import State as AcceptanceState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState
from jiebang.taxonomy import queries as taxonomy
from jiebang.web.board_filters import ListFilter

Choices = list[tuple[str, str]]


def _fields() -> Choices:
    return [("", "全部领域"), *((field.code, field.name) for field in taxonomy.field_tree())]


def _districts() -> Choices:
    return [("", "全部镇街"), *((d.code, d.name) for d in taxonomy.districts())]


def _state(choices: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    """Return the field behind the tabs."""
    return forms.ChoiceField(required=False, choices=[("", ""), *choices], widget=forms.HiddenInput)


def _chains() -> Choices:
    return [("", "全部产业链"), *((c.code, c.name) for c in taxonomy.chains())]


class PortfolioFilter(ListFilter):
    """Words, district, field, chain and lateness of all contracts; the state is a tab."""

    q = forms.CharField(label="合同名称或单位", required=False, max_length=80)
    district = forms.ChoiceField(label="镇街（园区）", required=False, choices=_districts)
    field = forms.ChoiceField(label="技术领域", required=False, choices=_fields)
    chain = forms.ChoiceField(label="产业链", required=False, choices=_chains)
    unit = forms.CharField(label="单位", required=False, max_length=80)
    late = forms.ChoiceField(
        label="进度", required=False, choices=[("", "不限"), ("1", "只看逾期")]
    )
    state = _state(ContractState.choices)

    def apply(self, rows: QuerySet[Contract]) -> QuerySet[Contract]:
        """Return the contracts that the filters leave, in whatever state."""
        if text := self.value("q"):
            rows = rows.filter(Q(title__icontains=text) | _of_unit(text))
        if code := self.value("district"):
            rows = rows.filter(poster__district__code=code)
        if code := self.value("field"):
            under = taxonomy.fields_under(code)
            own = Q(award__challenge__tech_field__in=under)
            commissioned = Contract.objects.filter(commission__items__need__tech_field__in=under)
            rows = rows.filter(own | Q(pk__in=commissioned.values("pk")))
        if code := self.value("chain"):
            rows = rows.filter(Q(poster__chain__code=code) | Q(solver__chain__code=code))
        if text := self.value("unit"):
            rows = rows.filter(_of_unit(text))
        return rows.filter(Q(is_overdue=1)) if self.value("late") else rows

    def of_state(self, rows: QuerySet[Contract]) -> QuerySet[Contract]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(state=state) if state else rows


def _of_unit(text: str) -> Q:
    return Q(poster__name__icontains=text) | Q(solver__name__icontains=text)


class AcceptanceFilter(ListFilter):
    """Words of the acceptances; the state is a tab."""

    q = forms.CharField(label="合同名称或单位", required=False, max_length=80)
    state = _state(AcceptanceState.choices)

    def apply(self, rows: QuerySet[Acceptance]) -> QuerySet[Acceptance]:
        """Return the acceptances that the filters leave, in whatever state."""
        if text := self.value("q"):
            names = Q(contract__poster__name__icontains=text)
            names |= Q(contract__solver__name__icontains=text)
            rows = rows.filter(Q(contract__title__icontains=text) | names)
        return rows

    def of_state(self, rows: QuerySet[Acceptance]) -> QuerySet[Acceptance]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(state=state) if state else rows


class AssessmentFilter(ListFilter):
    """Words of the assessments; the state is a tab."""

    q = forms.CharField(label="合同名称或单位", required=False, max_length=80)
    state = _state(AssessmentState.choices)

    def apply(self, rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
        """Return the assessments that the filters leave, in whatever state."""
        if text := self.value("q"):
            names = Q(contract__solver__name__icontains=text)
            rows = rows.filter(Q(contract__title__icontains=text) | names)
        return rows

    def of_state(self, rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
        """Return those of the chosen tab."""
        state = self.value("state")
        return rows.filter(state=state) if state else rows
