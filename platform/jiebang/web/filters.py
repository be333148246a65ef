"""Which filters are in force on a list, in words, each with the way to take it off."""

from collections.abc import Iterator
from typing import Any, TypedDict

from django.forms import BaseForm, BoundField
from django.http import QueryDict


class Chip(TypedDict):
    """One filter in force: what it is, what it is set to, and the query without it."""

    label: str
    value: str
    query: str


def chips(form: BaseForm) -> list[Chip]:
    """Return the filters that a person has set in a GET form, in the form's order."""
    if not form.is_bound:
        return []
    query = form.data if isinstance(form.data, QueryDict) else QueryDict("")
    return [
        {"label": str(field.label), "value": label, "query": _without(query, field, value)}
        for field in form
        if not field.is_hidden
        for value, label in _set_values(field)
    ]


def _set_values(field: BoundField) -> Iterator[tuple[str, str]]:
    asked = getattr(field.field, "choices", None)
    choices = _labels(asked or getattr(field.field.widget, "choices", ()))
    typed: Any = field.data
    for value in typed if isinstance(typed, list) else [typed]:
        if value is True:  # a ticked box: its label says it all
            yield "on", ""
        elif value not in (None, "", False):
            yield str(value), choices.get(str(value), str(value))


def _labels(choices: Any) -> dict[str, str]:
    labels: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            labels |= _labels(label)
        else:
            labels[str(value)] = str(label)
    return labels


def _without(query: QueryDict, field: BoundField, value: str) -> str:
    left = query.copy()
    name = field.html_name
    left.setlist(name, [item for item in query.getlist(name) if item != value])
    left.pop("page", None)
    return f"?{left.urlencode()}"
