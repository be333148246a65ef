"""How matching is weighed and worded: its figures, refits, versions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Body, Shown
from api.v1.jobs import JobShown
from api.views import Resource, found
from jiebang.recommendations import policies, refits, tuning
from jiebang.recommendations import rounds as shards
from jiebang.recommendations.models import Fit, MatchSettings, Round, SettingsChoice


class ValuesShown(serializers.Serializer[Any]):
    """What counts: from which score on a match is shown and called what."""

    number = serializers.IntegerField(help_text="版本号；0 为内置口径。")
    floor = serializers.FloatField(help_text="低于它的不推荐。")
    fair = serializers.FloatField(help_text="从它起为“较强”。")
    strong = serializers.FloatField(help_text="从它起为“强相关”。")
    shares = serializers.DictField(child=serializers.FloatField(), help_text="需求各栏所占的份额。")


class FitShown(Shown[Fit]):
    """What the judged pairs suggest, with figures before and after."""

    values = serializers.DictField(help_text="建议口径。")
    before = serializers.DictField(help_text="测算时的口径的各项数字。")
    after = serializers.DictField(help_text="建议口径在未参与拟合的需求上的各项数字。")

    class Meta:
        model = Fit
        fields = ("id", "asked_at", "made_at", "base", "pairs", "values", "before", "after")


class SettingsShown(Shown[MatchSettings]):
    """A version."""

    made_by = serializers.CharField(source="made_by.display_name", help_text="启用人。")
    values = serializers.DictField(help_text="口径。")

    class Meta:
        model = MatchSettings
        fields = ("number", "fit", "values", "why", "made_by", "made_at")


class SettingsChoiceShown(Shown[SettingsChoice]):
    """Which version was chosen."""

    number = serializers.IntegerField(source="version.number", default=0, help_text="版本号。")

    class Meta:
        model = SettingsChoice
        fields = ("number", "back", "why", "at")


class RoundShown(Shown[Round]):
    """A round: everything matched with everything, in shards."""

    done = serializers.IntegerField(help_text="本阶段已完成的分片数。")
    total = serializers.IntegerField(help_text="本阶段的分片数。")
    asked = serializers.IntegerField(help_text="已匹配的次数。")

    class Meta:
        model = Round
        fields = ("id", "anew", "phase", "started_at", "ended_at", "done", "total", "asked")


class RoundBody(Body):
    """How thorough a round is."""

    anew = serializers.BooleanField(default=False, help_text="全部重做；否则只做与现状不符的。")


class ApplyBody(Body):
    """Which reckoning is applied, and why."""

    fit = Id(help_text="测算。")
    why = serializers.CharField(help_text="理由。")


class SettingsBackBody(Body):
    """To which version, and why."""

    number = serializers.IntegerField(min_value=0, help_text="版本号；0 为内置口径。")
    why = serializers.CharField(help_text="理由。")


class Settings(Resource):
    """How matching is weighed and worded; the bureau reads it, its officers change it."""

    tag = "匹配"

    @extend_schema(summary="匹配口径的版本", responses=SettingsShown(many=True))
    def list(self, request: Request) -> Response:
        """List what was applied, newest first."""
        policies.may_see_settings(self.actor).enforce()
        return self.page(SettingsShown, MatchSettings.objects.select_related("made_by"))

    @extend_schema(
        summary="启用测算出的口径", request=ApplyBody, responses={201: SettingsChoiceShown}
    )
    def create(self, request: Request) -> Response:
        """Let what was reckoned count from now on; everything is matched anew by it."""
        policies.may_tune(self.actor).enforce()
        typed = self.body(ApplyBody)
        fit = found(Fit.objects.all(), typed["fit"])
        choice = refits.apply(actor=self.actor, fit=fit, why=typed["why"])
        return self.show(SettingsChoiceShown, choice, 201)

    @extend_schema(summary="现行匹配口径", responses=ValuesShown)
    @action(detail=False)
    def current(self, request: Request) -> Response:
        """Show what counts now."""
        policies.may_see_settings(self.actor).enforce()
        return self.show(ValuesShown, tuning.current())

    @extend_schema(summary="匹配口径的测算", responses=FitShown(many=True))
    @action(detail=False)
    def fits(self, request: Request) -> Response:
        """List what was reckoned, newest first, with the figures before and after."""
        policies.may_see_settings(self.actor).enforce()
        return self.page(FitShown, Fit.objects.all())

    @extend_schema(summary="测算匹配口径", request=None, responses={202: JobShown})
    @fits.mapping.post
    def fit(self, request: Request) -> Response:
        """Have it reckoned in the background; nothing changes by that."""
        return self.show(JobShown, refits.request(actor=self.actor), 202)

    @extend_schema(summary="全量匹配的进展", responses=RoundShown(many=True))
    @action(detail=False)
    def rounds(self, request: Request) -> Response:
        """List the rounds, newest first, with how far each is."""
        policies.may_see_settings(self.actor).enforce()
        return self.page(RoundShown, shards.listed())

    @extend_schema(summary="开始全量匹配", request=RoundBody, responses={202: RoundShown})
    @rounds.mapping.post
    def start(self, request: Request) -> Response:
        """Match everything anew in the background, in shards."""
        made = shards.start(actor=self.actor, **self.body(RoundBody))
        return self.show(RoundShown, shards.listed().get(pk=made.pk), 202)

    @extend_schema(
        summary="退回匹配口径", request=SettingsBackBody, responses={201: SettingsChoiceShown}
    )
    @action(detail=False, methods=["post"])
    def back(self, request: Request) -> Response:
        """Let an earlier version count again."""
        choice = refits.go_back(actor=self.actor, **self.body(SettingsBackBody))
        return self.show(SettingsChoiceShown, choice, 201)
