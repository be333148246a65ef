"""What was matched with what, why, and what people think of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Body, Query
from api.views import Resource, found
from jiebang.recommendations import alike, comparison, policies, queries, services
from jiebang.recommendations.cards import GRADES
from jiebang.recommendations.models import Kind

KINDS_ALIKE = [(kind.value, kind.label) for kind in (Kind.NEED, Kind.CHALLENGE)]
GRADE = [(grade, label) for grade, (label, _) in GRADES.items()]


class Reason(serializers.Serializer[Any]):
    """One part of a score."""

    term = serializers.CharField(help_text="共同的词；“其他”为没有名称的部分。")
    share = serializers.FloatField(help_text="占得分的多少；各项相加等于 score。")
    query_field = serializers.CharField(allow_blank=True, help_text="在提问一方的哪一栏。")
    field = serializers.CharField(allow_blank=True, help_text="在对方的哪一栏。")
    kind = serializers.CharField(
        help_text="word 词、chars 字、synonym 同义、common 常用字词合计、other 其他。"
    )
    seen_as = serializers.CharField(allow_blank=True, help_text="同义词在原文中的写法。")


class Coverage(serializers.Serializer[Any]):
    """How many indicators are mentioned."""

    covered = serializers.IntegerField()
    total = serializers.IntegerField()
    unmentioned = serializers.ListField(child=serializers.CharField(), help_text="未提及的指标。")


class FieldsApart(serializers.Serializer[Any]):
    """How far the technical fields lie apart."""

    distance = serializers.IntegerField(help_text="0 同一领域，1 同一大类，2 不同大类。")
    says = serializers.CharField(help_text="文字说明。")


class RecordShown(serializers.Serializer[Any]):
    """How the unit's contracts ended; null is not known."""

    running = serializers.IntegerField()
    accepted = serializers.IntegerField()
    on_time = serializers.IntegerField(allow_null=True, help_text="按期验收。")
    terminated = serializers.IntegerField()
    disputed = serializers.IntegerField(allow_null=True)


class EvidenceShown(serializers.Serializer[Any]):
    """What speaks for or against a match beside its words; no part of the score."""

    field = FieldsApart(allow_null=True)
    trl_gap = serializers.IntegerField(allow_null=True, help_text="要求的就绪度减现有的。")
    budget = serializers.CharField(allow_blank=True, help_text="金额对比。")
    record = RecordShown(source="record_parts", allow_null=True)


class MatchShown(serializers.Serializer[Any]):
    """One match."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    id = serializers.IntegerField(source="object.pk")
    number = serializers.CharField(source="object.number")
    title = serializers.CharField()
    who = serializers.CharField(help_text="单位。")
    score = serializers.FloatField()
    grade = serializers.ChoiceField(choices=GRADE)
    grade_label = serializers.CharField()
    chance_percent = serializers.IntegerField(
        help_text="这样的得分，人工评定为相关的约占百分之几。"
    )
    reasons = Reason(many=True, help_text="得分的全部组成，从大到小。")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="需求提到而对方没有提到的词。"
    )
    trl_now = serializers.IntegerField(allow_null=True)
    trl_target = serializers.IntegerField(allow_null=True)
    indicator_coverage = Coverage(allow_null=True, help_text="对方提到了几项技术指标。")
    synonyms = serializers.CharField(
        source="because", allow_blank=True, help_text="因哪些同义词相符，如 SiC≈碳化硅。"
    )
    evidence = EvidenceShown(help_text="得分以外的证据，不计入得分。")
    useful = serializers.BooleanField(
        source="feedback", allow_null=True, help_text="您的评价；没有评价过为 null。"
    )
    subject_kind = serializers.ChoiceField(choices=Kind.choices, help_text="评价时用。")
    subject_id = serializers.IntegerField(help_text="评价时用。")


class RunShown(serializers.Serializer[Any]):
    """What was found among things of one kind; when nothing was good enough, what came nearest."""

    object_kind = serializers.ChoiceField(choices=Kind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    made_at = serializers.DateTimeField()
    no_good_match = serializers.SerializerMethodField(help_text="没有足够相关的结果。")
    matches = MatchShown(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="没有一项结果提到的词。"
    )
    nearest = MatchShown(allow_null=True, help_text="没有足够相关的结果时，最接近的一项。")
    settings = serializers.IntegerField(help_text="所用匹配口径的版本；0 为内置口径。")
    floor_chance_percent = serializers.IntegerField(
        help_text="刚够推荐的得分，人工评定为相关的约占百分之几。"
    )

    def get_no_good_match(self, run: Any) -> bool:
        """Say whether nothing was good enough."""
        return not run.matches


class Pair(Query):
    """Two things."""

    subject_kind = serializers.ChoiceField(choices=Kind.choices)
    subject_id = Id()
    object_kind = serializers.ChoiceField(choices=Kind.choices)
    object_id = Id()


class Opinion(Body):
    """What one thinks of a pairing."""

    subject_kind = serializers.ChoiceField(choices=Kind.choices)
    subject_id = Id()
    object_kind = serializers.ChoiceField(choices=Kind.choices)
    object_id = Id()
    useful = serializers.BooleanField(allow_null=True, help_text="有用、无用；null 收回评价。")


class OpinionKept(serializers.Serializer[Any]):
    """What one thinks now."""

    useful = serializers.BooleanField(allow_null=True)


class PartShown(serializers.Serializer[Any]):
    """One text; a span is start, end and the number of the term."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()
    spans = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3),
        help_text="[起, 止, terms 中的序号]。",
    )


class SideShown(serializers.Serializer[Any]):
    """One of two things with its texts."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    id = serializers.IntegerField(source="object.pk")
    title = serializers.CharField()
    who = serializers.CharField()
    parts = PartShown(many=True)


class ComparisonShown(serializers.Serializer[Any]):
    """Two things side by side."""

    left = SideShown()
    right = SideShown()
    score = serializers.FloatField()
    grade = serializers.ChoiceField(choices=GRADE)
    grade_label = serializers.CharField()
    terms = serializers.ListField(child=serializers.CharField(), help_text="标出的词。")
    reasons = Reason(many=True)
    chance_percent = serializers.IntegerField()
    evidence = EvidenceShown()
    missing = serializers.ListField(child=serializers.CharField())
    trl_now = serializers.IntegerField(allow_null=True)
    trl_target = serializers.IntegerField(allow_null=True)


class Matches(Resource):
    """What suits one's units; why two things match; one's opinion of it."""

    tag = "匹配"

    @extend_schema(summary="适合本单位的榜题", responses=MatchShown(many=True))
    def list(self, request: Request) -> Response:
        """List the open challenges that suit one's units, best first."""
        return self.page(MatchShown, queries.challenges_for_units(self.actor))

    @extend_schema(summary="两者为什么匹配", parameters=[Pair], responses=ComparisonShown)
    @action(detail=False)
    def compare(self, request: Request) -> Response:
        """Show both texts with what they share, and how the score is made of it."""
        made = comparison.compare(actor=self.actor, **self.query(Pair))
        shown = {**vars(made), "terms": [chip.term for chip in made.terms]}
        return self.show(ComparisonShown, shown)

    @extend_schema(summary="评价一项匹配", request=Opinion, responses=OpinionKept)
    @action(detail=False, methods=["put"])
    def feedback(self, request: Request) -> Response:
        """Keep whether one finds a pairing useful; asked again, the newest counts."""
        kept = services.give_feedback(actor=self.actor, **self.body(Opinion))
        return self.show(OpinionKept, {"useful": kept.useful if kept else None})


class NeedMatches(Resource):
    """The matches of one thing, here a need; other kinds have the same at their own address."""

    tag = "匹配"
    kind, sought = Kind.NEED, Kind.ACHIEVEMENT

    @extend_schema(summary="匹配结果及理由", responses=RunShown(many=True))
    @action(detail=True)
    def matches(self, request: Request, pk: int) -> Response:
        """List what was found, kind by kind; nothing yet is an empty list."""
        subject = found(queries.visible_to(self.reader, self.kind), pk)
        runs = queries.runs_for(self.reader, self.kind, subject)
        if not runs:
            policies.may_see_matches(self.reader, subject, self.sought).enforce()
        return self.page(RunShown, runs)


class ChallengeMatches(NeedMatches):
    """Those of a challenge: its need's, and once closed its solutions."""

    kind, sought = Kind.CHALLENGE, Kind.ACHIEVEMENT


class UnitMatches(NeedMatches):
    """Those of a unit."""

    kind, sought = Kind.ORGANIZATION, Kind.CHALLENGE


class AchievementMatches(NeedMatches):
    """Those of a result, which anyone may know while it is on offer."""

    kind, sought = Kind.ACHIEVEMENT, Kind.CHALLENGE
    public = frozenset({"matches"})


class AlikeShown(serializers.Serializer[Any]):
    """A need or challenge that asks for much the same."""

    kind = serializers.ChoiceField(
        choices=[(k.value, k.label) for k in (Kind.NEED, Kind.CHALLENGE)]
    )
    id = serializers.IntegerField(source="object.pk")
    number = serializers.CharField(source="object.number")
    title = serializers.CharField()
    who = serializers.CharField(help_text="提出单位。")
    year = serializers.IntegerField(help_text="提出的年份。")
    score = serializers.FloatField()
    same = serializers.BooleanField(help_text="几乎相同。")
    terms = serializers.SerializerMethodField(help_text="相同之处。")

    def get_terms(self, found: alike.Alike) -> list[str]:
        """Return the terms that both share."""
        return [chip.term for chip in found.chips]


class NeedAlike(Resource):
    """Who else asks for what this need asks for."""

    tag = "匹配"

    @extend_schema(summary="类似的历年需求和公开榜题", responses=AlikeShown(many=True))
    @action(detail=True)
    def alike(self, request: Request, pk: int) -> Response:
        """List needs of all years that the caller may read, and open challenges, nearest first."""
        need = found(queries.visible_to(self.actor, Kind.NEED), pk)
        return self.page(AlikeShown, alike.to_need(self.actor, need))


class ChallengeAlike(Resource):
    """Who else asks for what this challenge asks for."""

    tag = "匹配"
    public = frozenset({"alike"})

    @extend_schema(summary="类似的公开榜题", responses=AlikeShown(many=True))
    @action(detail=True)
    def alike(self, request: Request, pk: int) -> Response:
        """List the other open challenges, nearest first, by what everybody may read."""
        challenge = found(queries.visible_to(self.reader, Kind.CHALLENGE), pk)
        return self.page(AlikeShown, alike.to_challenge(challenge))
