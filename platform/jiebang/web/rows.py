"""Rows of a form set: the empty ones are left out before a service counts them."""

import re
from typing import Any

from jiebang.common.errors import DomainError


def filled(rows: Any) -> list[Any]:
    """Return the forms of the set in which something was typed, in order."""
    return [form for form in rows.forms if form.has_changed()]


def put_back(refusal: DomainError, rows: Any) -> None:
    """Let a refusal's rows, which the service counted without the empty ones, mean the page's."""
    indexed = re.compile(rf"^{re.escape(rows.prefix)}-(\d+)-")
    places = [rows.forms.index(form) for form in filled(rows)]
    refusal.fields = {
        indexed.sub(lambda found: f"{rows.prefix}-{places[int(found[1])]}-", name): sentences
        for name, sentences in refusal.fields.items()
    }
