"""What a person types, made into a service's arguments, and its refusals shown at the fields."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import django.forms
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from jiebang.common.errors import DomainError

_LOOKS = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "hidden": "",
}
_OUR_WIDGETS = {
    "django/forms/widgets/radio.html": "_partials/widgets/choices.html",
    "django/forms/widgets/checkbox_select.html": "_partials/widgets/choices.html",
    "django/forms/widgets/clearable_file_input.html": "_partials/widgets/file.html",
}


class Renderer(DjangoTemplates):
    """Draws every form, whoever wrote it, with the platform's field, row and widget templates."""

    form_template_name = "_partials/form.html"
    formset_template_name = "_partials/formset.html"
    field_template_name = "_partials/field.html"

    @cached_property
    def engine(self) -> Any:
        """Return an engine that finds our templates first and Django's widgets after them."""
        builtin = Path(django.forms.__file__).parent / "templates"
        ours: list[Path] = list(settings.TEMPLATES[0]["DIRS"])  # type: ignore[call-overload]
        options: dict[str, Any] = {}
        return self.backend(
            {"NAME": "forms", "APP_DIRS": True, "DIRS": [*ours, builtin], "OPTIONS": options}
        )

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Render, with the classes and the error look put on whatever widget it is."""
        widget = context.get("widget")
        if isinstance(widget, dict):
            _dress(widget, template_name)
        return super().render(_OUR_WIDGETS.get(template_name, template_name), context, request)


def _dress(widget: dict[str, Any], template_name: str) -> None:
    kind = widget.get("type") or template_name.rpartition("/")[2].removesuffix(".html")
    look = _LOOKS.get(kind, "form-control")
    attrs = widget["attrs"]
    classes = [attrs.get("class", ""), look if look not in attrs.get("class", "") else ""]
    if attrs.get("aria-invalid") == "true":
        classes.append("is-invalid")
    if joined := " ".join(filter(None, classes)):
        attrs["class"] = joined


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, to the minute, in the city's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class NumberField(forms.DecimalField):
    """A number shown as it was typed, without the zeros that a column adds."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_digits": 18, "decimal_places": 6, "widget": widget, **options})

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        plain = isinstance(value, Decimal) and value.is_finite()
        return f"{value.normalize():f}" if plain else value


class MoneyField(NumberField):
    """An amount in 万元; the unit stands behind the input."""

    unit = "万元"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 16, "min_value": 0, **options})


class ServiceForm(forms.Form):
    """A form whose cleaned data are a service's arguments.

    `units` names what stands behind an input, such as `{"term_months": "个月"}`.
    """

    units: ClassVar[Mapping[str, str]] = {}
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label or ''}"
            if unit := self.units.get(name):
                field.unit = unit  # type: ignore[attr-defined]
            if isinstance(field, forms.DateTimeField):
                field.widget = MomentInput(field.widget.attrs)
            elif isinstance(field, forms.DateField):
                field.widget = DayInput(field.widget.attrs)


def apply_errors(
    form: forms.BaseForm, error: DomainError, *formsets: "forms.BaseFormSet[Any]"
) -> None:
    """Put a refusal's sentences at the fields of the form and of its row sets.

    Names such as `indicators-0-value` are looked up in the row sets; what belongs nowhere,
    and the refusal's own sentence, stand above the form.
    """
    form.refusal = error  # type: ignore[attr-defined]  # `htmx.render` answers with its status
    form.add_error(None, str(error))
    for name, sentences in error.fields.items():
        place, field = _place_of(name, form, formsets)
        for sentence in sentences:
            if field or sentence != str(error):
                place.add_error(field, sentence)


def _place_of(
    name: str, form: forms.BaseForm, formsets: "Iterable[forms.BaseFormSet[Any]]"
) -> tuple[forms.BaseForm, str | None]:
    if name in form.fields:
        return form, name
    for formset in formsets:
        for row in formset.forms:
            field = name.removeprefix(f"{row.prefix}-")
            if field in row.fields:
                return row, field
    return form, None
