"""The tables of a solution as small spreadsheets: budget, team, schedule."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from jiebang.proposals import snapshots
from jiebang.proposals.models import BudgetRow, Proposal
from jiebang.proposals.states import BudgetItem
from jiebang.web.forms import MoneyField
from jiebang.web.need_forms import IndicatorRows

WHOLE = ("DELETE",)


class Row(forms.Form):
    """One row; what is blank in all of these columns was not written."""

    counted: tuple[str, ...] = ()

    def is_blank(self) -> bool:
        """Say whether nobody has typed anything into the row."""
        typed = getattr(self, "cleaned_data", {})
        return not self.errors and all(typed.get(name) in (None, "") for name in self.counted)


def _money(label: str) -> MoneyField:
    return MoneyField(label=label, required=False)


class BudgetForm(Row):
    """What one item costs, by source."""

    counted = (*BudgetRow.SOURCES, "note")

    item = forms.ChoiceField(label="科目", choices=BudgetItem.choices)
    poster = _money("发榜方")
    own = _money("自筹")
    national = _money("国家财政")
    department = _money("部门财政")
    local = _money("地方财政")
    other = _money("其他")
    note = forms.CharField(label="说明", max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """Let an empty cell be nothing."""
        typed: dict[str, Any] = super().clean() or {}
        if any(typed.get(name) not in (None, "") for name in self.counted):
            typed |= {name: typed.get(name) or Decimal(0) for name in BudgetRow.SOURCES}
        return typed


def _words(label: str, most: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False)


def _count(label: str, most: int) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=False, widget=widget
    )


class TeamForm(Row):
    """One person."""

    counted = ("name", "title", "degree", "role", "share", "unit")

    name = _words("姓名", 40)
    title = _words("职称职务", 40)
    degree = _words("学历学位", 20)
    role = _words("承担任务", 60)
    share = _count("工时占比（%）", 100)
    unit = _words("所在单位", 80)


class ScheduleForm(Row):
    """One stage."""

    counted = ("stage", "months", "goal", "indicators")

    stage = _words("阶段", 40)
    months = _count("历时（月）", 120)
    goal = _words("阶段目标", 200)
    indicators = _words("考核指标", 200)


class Rows(IndicatorRows):
    """The rows of a table, blank and removed ones left out."""

    def rows(self) -> list[dict[str, Any]]:
        """Return what was typed, row by row."""
        return [
            {k: v for k, v in self.forms[place].cleaned_data.items() if k not in WHOLE}
            for place in self._kept()
        ]

    def on_page(self, name: str) -> str:
        """Return a cell's name as the page has it; of a colleague's row that is not here, its own.

        What is saved may have more rows than what is typed, where somebody else saved meanwhile.
        """
        try:
            return super().on_page(name)
        except IndexError:
            return name


FORMS = {"budget": BudgetForm, "team": TeamForm, "schedule": ScheduleForm}
EMPTY = 3  # rows that an empty table begins with
_SETS: dict[str, Any] = {
    name: forms.formset_factory(form, formset=Rows, extra=0, can_delete=True, max_num=60)
    for name, form in FORMS.items()
}


def tables_of(proposal: Proposal, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the tables' form sets; a table that was not sent along stays as it is saved."""
    made = {}
    for name, formset in _SETS.items():
        sent = data if data and f"{name}-TOTAL_FORMS" in data else None
        made[name] = formset(sent, prefix=name, initial=_beginning(proposal, name))
    return made


def _beginning(proposal: Proposal, name: str) -> list[dict[str, Any]]:
    """Return the saved rows; a budget shows every item, an empty table some empty rows."""
    saved = snapshots.rows_of(proposal, name)
    if name == "budget":
        for row in saved:
            row |= {source: row[source] or None for source in BudgetRow.SOURCES}
        there = {row["item"] for row in saved}
        return saved + [{"item": item} for item in BudgetItem.values if item not in there]
    return saved or [{} for _ in range(EMPTY)]
