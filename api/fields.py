"""The columns of the interface: money, numbers, references, labels, what can be done now."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jiebang.accounts.models import User
from jiebang.common.workflow import Workflow

LARGEST = 2**63 - 1  # of a key
WAN = '金额，单位：万元；十进制数字符串，如 "1200.5"。'

CAN = "您现在可以办理的事项；流转走 moves，其余（如揭榜、定榜、签署）有各自的接口。"


class Id(serializers.IntegerField):
    """The key of another thing, as large as the database can count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST, **kwargs})


class Moment(serializers.DateTimeField):
    """A moment that the calendar has in every zone; without a zone it is Beijing time."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """Return the moment with its zone; raises ValidationError at the calendar's ends."""
        moment = super().enforce_timezone(value)
        try:
            moment.astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
        return moment


class Number(serializers.DecimalField):
    """A decimal as a string without idle zeros: `"350"`, `"0.25"`."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {"max_digits": 18, "decimal_places": 6, "normalize_output": True}
        super().__init__(**{**usual, **kwargs})


class Wan(Number):
    """Money in 万元."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 16, "help_text": WAN, **kwargs})


@extend_schema_field(str)
class Coded(serializers.SlugRelatedField[Any]):
    """A line of the reference data, written by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)


@extend_schema_field(int)
class Seen(serializers.PrimaryKeyRelatedField[Any]):
    """Another thing by its id; one that the caller may not see is not there."""

    def __init__(self, rule: Callable[[Any], QuerySet[Any]], **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """Return what the caller may see."""
        return self.rule(self.context["request"].user)


class Label(serializers.CharField):
    """The Chinese name of a choice, beside its value."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        holder, dot, name = of.rpartition(".")
        source = f"{holder}{dot}get_{name}_display"
        super().__init__(source=source, read_only=True, **kwargs)


class Action(serializers.Serializer[Any]):
    """One thing that the caller can do now."""

    action = serializers.CharField(help_text="办理时填在 action 里的值。")
    label = serializers.CharField(help_text="中文名称。")  # type: ignore[assignment]
    needs_note = serializers.BooleanField(help_text="是否必须写明理由（note）。")


@extend_schema_field(Action(many=True))
class Actions(serializers.Field[Any, Any, Any, Any]):
    """What the caller can do with the thing now, by the policies and the workflow themselves."""

    def __init__(
        self,
        life: Workflow,
        rule: Callable[[User, Any], Iterable[str]],
        more: Callable[[User, Any], Mapping[str, str]] | None = None,
    ) -> None:
        self.life, self.rule, self.more = life, rule, more
        super().__init__(source="*", read_only=True, help_text=CAN)

    def to_representation(self, thing: Any) -> list[dict[str, Any]]:
        """Return the steps in the order of the workflow, then the rest; a stranger has none."""
        user = self.context["request"].user
        if not isinstance(user, User):
            return []
        life, more = self.life, self.more(user, thing) if self.more else {}
        steps = [
            (action, str(life.actions(action).label), life.steps[action].needs_note)
            for action in self.rule(user, thing)
        ]
        steps += [(action, label, False) for action, label in more.items()]
        return [
            {"action": action, "label": label, "needs_note": needs}
            for action, label, needs in steps
        ]
