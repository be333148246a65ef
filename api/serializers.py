"""What every body, query and answer has in common."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

from api.errors import NOT_AN_OBJECT, WHOLE
from api.fields import Label, Moment, Number, Wan
from jiebang.common.money import WanField

M = TypeVar("M", bound=models.Model)
MAPPING = {
    **serializers.ModelSerializer.serializer_field_mapping,
    models.DateTimeField: Moment,
    models.DecimalField: Number,
    WanField: Wan,
}


class Body(serializers.Serializer[Any]):
    """What the caller writes. A column that there is not is refused, never passed over."""

    # What a list's query may hold besides its filters.
    besides: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Return the typed values; raises ValidationError with a sentence for each fault."""
        if not isinstance(data, Mapping):
            fault = serializers.ErrorDetail("", NOT_AN_OBJECT)
            raise serializers.ValidationError({WHOLE: [fault]})
        known = {name for name, field in self.fields.items() if not field.read_only}
        if unknown := sorted(set(data) - known - self.besides):
            sentence = "接口没有这一栏，请核对名称"
            raise serializers.ValidationError({name: [sentence] for name in unknown})
        return super().to_internal_value(data)


class Query(Body):
    """What a list can be asked for in its address."""

    besides = frozenset({"page", "page_size"})


class RowBody(Body, serializers.ModelSerializer[M]):
    """A body whose columns, lengths and choices are the model's; its rules are the services'."""

    serializer_field_mapping = MAPPING

    def get_validators(self) -> list[Any]:
        """Return none: what may exist once is for the services and the database to say."""
        return []


class Shown(serializers.ModelSerializer[M]):
    """A row as it is shown; beside the value of every choice stands its Chinese label."""

    # An address that nobody gave is an empty text, and so no address.
    serializer_field_mapping = {
        **MAPPING,
        models.URLField: serializers.CharField,
        models.EmailField: serializers.CharField,
    }

    def get_fields(self) -> dict[str, Any]:
        """Return the columns with their labels."""
        fields: dict[str, Any] = {}
        for name, field in super().get_fields().items():
            fields[name] = field
            if isinstance(field, serializers.ChoiceField):
                fields[f"{name}_label"] = Label(field.source or name, help_text="中文名称。")
        return fields


class Named(serializers.Serializer[Any]):
    """A thing that is only named here."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class Reference(serializers.Serializer[Any]):
    """A line of the reference data."""

    code = serializers.CharField()
    name = serializers.CharField()


class Move(Body):
    """One step of a thing's life; each resource names its own actions."""

    note = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=1000,
        help_text="意见或理由；needs_note 的事项必填。",
    )
