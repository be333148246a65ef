"""What is announced, asked and recorded about a challenge."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Body, Named, RowBody, Shown
from api.v1.need_content import IndicatorWritten
from api.v1.versions import ChangeShown
from api.views import Resource, found
from jiebang.challenges import admissions, amendments, policies, queries, questions
from jiebang.challenges.models import (
    Admission,
    Amendment,
    Challenge,
    Clarification,
    Contact,
    Question,
    Reading,
)
from jiebang.common.errors import NotFound
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units


class AmendmentShown(Shown[Amendment]):
    """A change made in public."""

    changes = serializers.SerializerMethodField(
        help_text="变更前后的差异；限制内容只给有查看资格的人。"
    )

    class Meta:
        model = Amendment
        fields = ("id", "number", "reason", "made_at", "closed_before", "closes_at", "changes")

    @extend_schema_field(ChangeShown(many=True))
    def get_changes(self, made: Amendment) -> Any:
        """Return what this reader may read of the change."""
        mine = dict(self.context["view"].readable)
        return ChangeShown(mine.get(made, []), many=True).data


class AmendableWritten(RowBody[TechNeed]):
    """The columns that may change on the board; only those given do."""

    class Meta:
        model = TechNeed
        fields = amendments.AMENDABLE
        extra_kwargs = {name: {"required": False} for name in amendments.AMENDABLE}


class AmendmentWritten(Body):
    """A change."""

    reason = serializers.CharField(max_length=500, help_text="变更理由，公开。")
    changes = AmendableWritten(required=False, help_text="变更的栏目。")
    indicators = IndicatorWritten(
        many=True, required=False, help_text="全部技术指标，按原顺序；只能修改或增加。"
    )


class QuestionShown(Shown[Question]):
    """A question; who asked is for nobody."""

    amendment = serializers.IntegerField(
        source="amendment.number", default=None, allow_null=True, help_text="相关变更的次序。"
    )

    class Meta:
        model = Question
        fields = (
            "id", "challenge", "text", "asked_at", "answer", "answered_at", "changes_requirement",
            "amendment",
        )  # fmt: skip


class Said(Body):
    """Something in words."""

    text = serializers.CharField(max_length=1000)


class AnswerWritten(Body):
    """An answer, and the change that it makes where it changes what is asked."""

    text = serializers.CharField(max_length=1000, help_text="答复，公开。")
    changes_requirement = serializers.BooleanField(default=False, help_text="答复是否改变要求。")
    reason = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True, help_text="变更理由。"
    )
    changes = AmendableWritten(required=False, help_text="变更的栏目。")
    indicators = IndicatorWritten(many=True, required=False, help_text="全部技术指标。")


class ClarificationShown(Shown[Clarification]):
    """Something told to everybody."""

    class Meta:
        model = Clarification
        fields = ("id", "text", "made_at")


class ContactShown(Shown[Contact]):
    """A meeting."""

    unit = Named()

    class Meta:
        model = Contact
        fields = (
            "id", "unit", "held_on", "way", "parties", "outcome", "next_step", "recorded_at",
        )  # fmt: skip


class ContactWritten(RowBody[Contact]):
    """A meeting as it is recorded."""

    unit = serializers.PrimaryKeyRelatedField(queryset=units.in_public(), help_text="对接单位 id。")

    class Meta:
        model = Contact
        fields = ("unit", "held_on", "way", "parties", "outcome", "next_step")


class UnitNamed(Body):
    """Which unit."""

    unit = Id(help_text="单位 id。")


class AdmissionShown(Shown[Admission]):
    """A unit's way into restricted material."""

    unit = Named()

    class Meta:
        model = Admission
        fields = ("id", "unit", "signed_at", "undertaking", "admitted_at")


class ReadingShown(Shown[Reading]):
    """Who read what, and when."""

    class Meta:
        model = Reading
        fields = ("id", "reader_name", "unit_name", "what", "at")


class Announcements(Resource):
    """Amendments, questions, clarifications, contacts, and who may read and who did."""

    tag = "变更与问答"
    public = frozenset({"amendments", "questions", "clarifications"})
    readable: list[tuple[Amendment, list[Any]]]

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return queries.visible_to(self.reader)

    @extend_schema(summary="变更公告", responses=AmendmentShown(many=True))
    @action(detail=True)
    def amendments(self, request: Request, pk: int) -> Response:
        """List the public changes, newest first."""
        self.readable = queries.changes_for(self.reader, self._challenge(pk))
        return self.page(AmendmentShown, [made for made, _ in self.readable])

    @extend_schema(summary="发布变更", request=AmendmentWritten, responses={201: AmendmentShown})
    @amendments.mapping.post
    def amend(self, request: Request, pk: int) -> Response:
        """Publish a change; the deadline moves by the call's days."""
        challenge = self._challenge(pk)
        typed = self.body(AmendmentWritten)
        typed["data"] = typed.pop("changes", {})
        made = amendments.amend(challenge=challenge, actor=self.actor, **typed)
        self.readable = queries.changes_for(self.actor, challenge)
        return self.show(AmendmentShown, made, 201)

    @extend_schema(summary="问答", responses=QuestionShown(many=True))
    @action(detail=True)
    def questions(self, request: Request, pk: int) -> Response:
        """List the questions that this reader may know of, newest first."""
        return self.page(QuestionShown, queries.questions_for(self.reader, self._challenge(pk)))

    @extend_schema(summary="匿名提问", request=Said, responses={201: QuestionShown})
    @questions.mapping.post
    def ask(self, request: Request, pk: int) -> Response:
        """Ask without being named."""
        challenge = self._challenge(pk)
        asked = questions.ask(challenge=challenge, actor=self.actor, **self.body(Said))
        return self.show(QuestionShown, asked, 201)

    @extend_schema(summary="澄清公告", responses=ClarificationShown(many=True))
    @action(detail=True)
    def clarifications(self, request: Request, pk: int) -> Response:
        """List what was told to everybody, newest first."""
        return self.page(ClarificationShown, self._challenge(pk).clarifications.all())

    @extend_schema(summary="发布澄清", request=Said, responses={201: ClarificationShown})
    @clarifications.mapping.post
    def clarify(self, request: Request, pk: int) -> Response:
        """Tell everybody something that changes nothing."""
        challenge = self._challenge(pk)
        made = questions.clarify(challenge=challenge, actor=self.actor, **self.body(Said))
        return self.show(ClarificationShown, made, 201)

    @extend_schema(summary="对接记录", responses=ContactShown(many=True))
    @action(detail=True)
    def contacts(self, request: Request, pk: int) -> Response:
        """List the meetings that this reader may know of."""
        return self.page(ContactShown, queries.contacts_for(self.actor, self._challenge(pk)))

    @extend_schema(summary="登记对接", request=ContactWritten, responses={201: ContactShown})
    @contacts.mapping.post
    def note_contact(self, request: Request, pk: int) -> Response:
        """Record a meeting."""
        challenge = self._challenge(pk)
        typed = self.body(ContactWritten)
        made = questions.note_contact(challenge=challenge, actor=self.actor, **typed)
        return self.show(ContactShown, made, 201)

    @extend_schema(summary="签署保密承诺", request=UnitNamed, responses={201: AdmissionShown})
    @action(detail=True, methods=["post"])
    def undertaking(self, request: Request, pk: int) -> Response:
        """Sign the undertaking in a unit's name."""
        challenge = self._challenge(pk)
        unit = found(units.visible_to(self.actor), self.body(UnitNamed)["unit"])
        made = admissions.undertake(challenge=challenge, unit=unit, actor=self.actor)
        return self.show(AdmissionShown, made, 201)

    @extend_schema(summary="保密承诺与入围", responses=AdmissionShown(many=True))
    @action(detail=True)
    def admissions(self, request: Request, pk: int) -> Response:
        """List who signed and who is shortlisted, for poster and bureau."""
        challenge = self._challenge(pk)
        policies.may_read_log(self.actor, challenge).enforce()
        return self.page(AdmissionShown, challenge.admissions.select_related("unit"))

    @extend_schema(summary="确定入围", request=UnitNamed, responses={201: AdmissionShown})
    @admissions.mapping.post
    def admit(self, request: Request, pk: int) -> Response:
        """Shortlist a unit."""
        challenge = self._challenge(pk)
        unit = found(units.visible_to(self.actor), self.body(UnitNamed)["unit"])
        made = admissions.admit(challenge=challenge, unit=unit, actor=self.actor)
        return self.show(AdmissionShown, made, 201)

    @extend_schema(summary="限制内容的查看记录", responses=ReadingShown(many=True))
    @action(detail=True)
    def readings(self, request: Request, pk: int) -> Response:
        """List who read the restricted material, for poster and bureau."""
        challenge = self._challenge(pk)
        policies.may_read_log(self.actor, challenge).enforce()
        return self.page(ReadingShown, challenge.readings.all())

    def _challenge(self, pk: int) -> Challenge:
        return found(self.get_queryset(), pk)


class Questions(Resource):
    """Answering."""

    tag = "变更与问答"

    def get_queryset(self) -> QuerySet[Question]:
        """Return the questions about the challenges that the caller may know of."""
        seen = queries.visible_to(self.actor).order_by()
        return Question.objects.filter(challenge__in=seen).select_related("challenge__need__owner")

    @extend_schema(summary="答复提问", request=AnswerWritten, responses=QuestionShown)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Answer in public; what changes the requirement is published as an amendment with it."""
        question = self.get_queryset().filter(pk=pk).first()
        if question is None:
            raise NotFound("没有这个提问，或者您无权查看")
        typed = self.body(AnswerWritten)
        typed["data"] = typed.pop("changes", {})
        answered = questions.answer(question=question, actor=self.actor, **typed)
        return self.show(QuestionShown, answered)
