"""What the platform's templates share: money, dates, badges, icons, marked texts, addresses."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.forms import BoundField
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from jiebang.common import money
from jiebang.web import filters, icons, tones, wording

register = template.Library()
TERM_COLOURS = 6
EXCERPT = 96  # signs of a long text that a list row shows
Figure = float | Decimal | None

register.filter("day", wording.day)
register.filter("moment", wording.moment)
register.filter("until", wording.until)
register.filter("is_over", wording.is_over)
register.filter("ago", wording.ago)
register.filter("tone", tones.tone_of)
register.simple_tag(icons.svg, name="icon")
register.simple_tag(filters.chips, name="active_filters")


@register.filter
def wan(amount: Decimal | int | None) -> str:
    """Write money: `1,234.50 万元`; `面议` where none is given."""
    return money.in_wan(None if amount is None else Decimal(amount))


@register.filter
def wan_words(amount: Decimal | int | None) -> str:
    """Write money in 人民币大写: `壹佰贰拾万元整`; nothing where none is given."""
    return "" if amount is None else money.in_words(Decimal(amount))


@register.simple_tag
def percent(part: Figure, whole: Figure, unit: str = "") -> str:
    """Write a share with its base: `71.4%（5/7 项）`; without a base there is no percentage."""
    part, whole = part or 0, whole or 0
    base = f"{part:,}/{whole:,} {unit}".strip()
    return f"{float(part) * 100 / float(whole):.1f}%（{base}）" if whole else f"—（{base}）"


@register.filter
def share(part: Figure, whole: Figure) -> str:
    """Return part of whole as a width in CSS, from `0%` to `100%`."""
    if not part or not whole:
        return "0%"
    return f"{min(100.0, max(0.0, float(part) * 100 / float(whole))):.2f}%"


@register.filter
def largest(things: Iterable[Any], name: str) -> float:
    """Return the largest value of one name among the things; 0 where there are none."""
    values = (thing[name] if isinstance(thing, dict) else getattr(thing, name) for thing in things)
    return max(values, default=0)


@register.simple_tag
def place(day: date | None, starts: date, ends: date) -> str:
    """Return where a day lies between two others, as a width in CSS, kept within them."""
    return share((day - starts).days if day else 0, (ends - starts).days)


@register.filter
def number(value: Figure) -> str:
    """Write a count with thousands set apart: `12,345`; a dash where there is none."""
    return "—" if value is None else f"{value:,}"


@register.filter
def score_tone(score: float) -> str:
    """Return the tone of a score out of 100: red below 50, amber below 80, then green."""
    return tones.RED if score < 50 else tones.AMBER if score < 80 else tones.GREEN


@register.simple_tag
def state_badge(thing: Any, field: str = "state") -> SafeString:
    """Draw the state of a model's object as a badge: its label in the colour of its tone."""
    state = getattr(thing, field)
    label = getattr(thing, f"get_{field}_display", lambda: getattr(state, "label", state))()
    kind = thing._meta.model_name if isinstance(thing, Model) else ""
    return badge(label, tones.tone_of(str(state), kind or ""))


@register.simple_tag
def badge(label: str, tone: str = tones.GREY) -> SafeString:
    """Draw a badge in one of the tones grey, blue, green, amber, red."""
    return format_html('<span class="badge tone-{}">{}</span>', tone, label)


@register.filter
def mark(text: str, spans: Iterable[tuple[int, int, int]]) -> SafeString:
    """Return the text escaped, with each (start, end, term number) span in its term's colour.

    Of spans that overlap the first, and of those the longest, is kept.
    """
    text, at, parts = str(text or ""), 0, []
    for start, end, term in sorted(spans or (), key=lambda span: (span[0], -span[1])):
        if not at <= start < end <= len(text):
            continue
        parts += [
            escape(text[at:start]),
            format_html('<mark class="term-{}">{}</mark>', term % TERM_COLOURS, text[start:end]),
        ]
        at = end
    return mark_safe("".join([*parts, escape(text[at:])]))  # noqa: S308 -- escaped piece by piece


@register.filter
def mark_part(text: str, spans: Sequence[tuple[int, int, int]]) -> SafeString:
    """Return some 96 signs of a text, from shortly before its first marked term, marked."""
    text = str(text or "")
    first = min((start for start, _, _ in spans or ()), default=0)
    start = max(first - EXCERPT // 4, 0) if first > EXCERPT // 2 else 0
    cut = text[start : start + EXCERPT]
    inside = [(a - start, b - start, n) for a, b, n in spans or () if a >= start]
    before, after = "…" if start else "", "…" if start + EXCERPT < len(text) else ""
    return format_html("{}{}{}", before, mark(cut, inside), after)


@register.filter
def term_class(number: int) -> str:
    """Return the class of a term's colour, the same as `mark` gives it."""
    return f"term-{number % TERM_COLOURS}"


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """Return this page's query with some parameters changed; None or empty takes one away.

    Whatever is changed, the list starts from its first page again, unless `page` is changed.
    """
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query.setlist(name, value if isinstance(value, list) else [value])
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def page_numbers(page: "Page[Any]") -> Iterator[str | int]:
    """Return the page numbers worth a link, with an ellipsis for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.inclusion_tag("_partials/field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """List what is wrong at a field, under the id that its input points to."""
    return {"field": field}
