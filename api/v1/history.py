"""办件进度: what was done to a thing, for those who may read it."""

from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.views import Resource, found
from jiebang.audit.models import Entry
from jiebang.audit.queries import history


class EntryShown(serializers.ModelSerializer[Entry]):
    """One entry of the record."""

    actor_name = serializers.SerializerMethodField(help_text="办理人；公开页面只写办理机关。")
    came_from_label = serializers.SerializerMethodField()
    went_to_label = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = (
            "at", "actor_name", "thing_type", "thing_id", "action", "label", "came_from",
            "came_from_label", "went_to", "went_to_label", "note",
        )  # fmt: skip

    def get_actor_name(self, entry: Entry) -> str:
        """Return who did it; strangers read which office acted, not which person."""
        office: str = self.context["view"].office
        return office if office and entry.actor_id else entry.actor_name

    def get_came_from_label(self, entry: Entry) -> str:
        """Return the name of the state before."""
        return _label(entry, entry.came_from)

    def get_went_to_label(self, entry: Entry) -> str:
        """Return the name of the state after."""
        return _label(entry, entry.went_to)


class WithHistory(Resource):
    """Adds the record of one thing, newest first, to its resource."""

    office = ""  # whose name stands for the people of the bureau

    def record_of(self, thing: Any) -> QuerySet[Entry]:
        """Return what this reader may know of the record; refuses who may know nothing."""
        return history(thing)

    @extend_schema(summary="办件进度", responses=EntryShown(many=True))
    @action(detail=True)
    def history(self, request: Request, pk: int) -> Response:
        """List what was done to it, newest first."""
        return self.page(EntryShown, self.record_of(self.find(pk)).reverse())

    def find(self, pk: int) -> Any:
        """Return what the address names; raises NotFound also for what is not to be known."""
        return found(self.get_queryset(), pk)


def _label(entry: Entry, state: str) -> str:
    life = getattr(apps.get_model(entry.thing_type), "LIFE", None)
    return str(life.states(state).label) if life and state in life.states.values else state
