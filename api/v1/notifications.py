"""One's messages, marking them read, and how one wishes to be told."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Body, Query, Shown
from api.views import Resource, found
from jiebang.notifications import queries, services
from jiebang.notifications.models import Notification, Preference
from jiebang.notifications.states import Kind, Pace, Timing


class NotificationShown(Shown[Notification]):
    """A message."""

    is_read = serializers.BooleanField(help_text="是否已读。")

    class Meta:
        model = Notification
        fields = (
            "id", "kind", "subject", "text", "link", "due", "told_at", "read_at", "is_read",
        )  # fmt: skip


class NotificationQuery(Query):
    """The filters of the inbox."""

    unread = serializers.BooleanField(required=False, default=False, help_text="只看未读。")
    kind = serializers.ChoiceField(choices=Kind.choices, required=False, default="")


class ReadBody(Body):
    """Which messages have been read."""

    ids = serializers.ListField(
        child=Id(), required=False, max_length=1000, help_text="消息的编号；不填则为全部未读。"
    )


class ReadShown(serializers.Serializer[Notification]):
    """What marking did."""

    marked = serializers.IntegerField(help_text="本次标为已读的条数。")
    unread = serializers.IntegerField(help_text="仍未读的条数。")


class PreferenceBody(Body):
    """How one wishes to be told."""

    timing = serializers.ChoiceField(choices=Timing.choices, help_text="邮件发送方式。")
    suited = serializers.ChoiceField(
        choices=Pace.choices, required=False, help_text="多久推荐一次适合本单位的新榜题。"
    )
    muted = serializers.ListField(
        child=serializers.ChoiceField(choices=Kind.choices),
        required=False,
        default=list,
        help_text="不发邮件的类别；站内消息照常。",
    )


class PreferenceShown(Shown[Preference]):
    """How one wishes to be told."""

    muted = serializers.ListField(child=serializers.CharField(), help_text="不发邮件的类别。")

    class Meta:
        model = Preference
        fields = ("timing", "suited", "muted")


class Notifications(Resource):
    """One's own inbox; nobody reads another's."""

    tag = "消息"

    @extend_schema(
        summary="我的消息",
        parameters=[NotificationQuery],
        responses=NotificationShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """List one's messages, newest first."""
        return self.page(
            NotificationShown, queries.inbox(self.actor, **self.query(NotificationQuery))
        )

    @extend_schema(summary="查看一条消息", responses=NotificationShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one; looking does not mark it read."""
        return self.show(NotificationShown, found(queries.inbox(self.actor), pk))

    @extend_schema(summary="标为已读", request=ReadBody, responses=ReadShown)
    @action(detail=False, methods=["post"])
    def read(self, request: Request) -> Response:
        """Mark some of one's messages read, or all."""
        marked = services.mark_read(person=self.actor, which=self.body(ReadBody).get("ids"))
        unread = queries.unread_count(self.actor)
        return self.show(ReadShown, {"marked": marked, "unread": unread})

    @extend_schema(summary="我的消息设置", methods=["GET"], responses=PreferenceShown)
    @extend_schema(
        summary="修改消息设置", methods=["PUT"], request=PreferenceBody, responses=PreferenceShown
    )
    @action(detail=False, methods=["get", "put"])
    def preferences(self, request: Request) -> Response:
        """Show or keep how one wishes to be told."""
        if request.method == "PUT":
            services.prefer(person=self.actor, **self.body(PreferenceBody))
        return self.show(PreferenceShown, queries.preference_of(self.actor))
