"""The dictionary that texts are read by: the draft, a trial of it, versions."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Body, Query, Shown
from api.views import Resource, found
from jiebang.common.errors import Invalid
from jiebang.lexicons import files, policies, queries, services
from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.states import Kind
from jiebang.library import queries as library
from jiebang.recommendations import trial
from jiebang.taxonomy.models import IndustryChain


class WordShown(Shown[Entry]):
    """An entry."""

    chain = serializers.CharField(source="chain.code", default="", help_text="产业链代码。")
    added_by = serializers.CharField(source="added_by.display_name", help_text="提出人。")

    class Meta:
        model = Entry
        fields = ("id", "kind", "word", "canonical", "chain", "why", "added_by", "added_at")


class WordQuery(Query):
    """Which entries."""

    version = serializers.IntegerField(required=False, help_text="版本号；不填为草稿。")
    kind = serializers.ChoiceField(choices=Kind.choices, required=False, help_text="类别。")
    chain = serializers.CharField(required=False, help_text="产业链代码。")


class WordBody(Body):
    """A word, what becomes of it, and why."""

    kind = serializers.ChoiceField(choices=Kind.choices, help_text="类别。")
    word = serializers.CharField(help_text="词语。")
    canonical = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="标准词，只有同义词填写。"
    )
    chain = serializers.CharField(required=False, default="", help_text="产业链代码；不填为通用。")
    why = serializers.CharField(help_text="理由。")


class TableBody(Body):
    """A whole table of words."""

    table = serializers.CharField(trim_whitespace=False, help_text="制表符分隔的词表，栏目同导出。")


class TableTaken(serializers.Serializer[Any]):
    """How much was taken in."""

    words = serializers.IntegerField(help_text="草稿现有的条数。")


class WhyBody(Body):
    """Why."""

    why = serializers.CharField(help_text="说明。")


class BackBody(WhyBody):
    """To which version."""

    number = serializers.IntegerField(min_value=0, help_text="版本号；0 为内置词典。")


class WordsPublished(Shown[Version]):
    """A version."""

    words = serializers.IntegerField(help_text="条数。")
    made_by = serializers.CharField(source="made_by.display_name", help_text="发布人。")

    class Meta:
        model = Version
        fields = ("number", "why", "made_by", "made_at", "words")


class ChoiceShown(Shown[Choice]):
    """Which version was chosen; it counts from `effective_at` on."""

    number = serializers.IntegerField(source="version.number", default=0, help_text="版本号。")

    class Meta:
        model = Choice
        fields = ("number", "back", "why", "at", "effective_at")


class SentenceBody(Query):
    """What the draft is tried on."""

    sentence = serializers.CharField(required=False, max_length=300, help_text="试切的一句话。")
    need = Id(required=False, help_text="试排的需求。")


class CutShown(serializers.Serializer[Any]):
    """A sentence as it is cut."""

    before = serializers.ListField(child=serializers.CharField(), help_text="现在。")
    after = serializers.ListField(child=serializers.CharField(), help_text="按草稿。")


class MovedShown(serializers.Serializer[Any]):
    """A result and its places; null is below the top ten."""

    id = serializers.IntegerField(source="pk", help_text="成果。")
    title = serializers.CharField()
    before = serializers.IntegerField(allow_null=True, help_text="现在的名次。")
    after = serializers.IntegerField(allow_null=True, help_text="按草稿的名次。")
    score_before = serializers.FloatField()
    score_after = serializers.FloatField()


class TrialShown(serializers.Serializer[Any]):
    """What the draft would change."""

    cut = CutShown(allow_null=True)
    moved = MovedShown(many=True)


class Lexicon(Resource):
    """The dictionary; the bureau reads it, its officers change it."""

    tag = "词典"

    @extend_schema(summary="查询词条", parameters=[WordQuery], responses=WordShown(many=True))
    def list(self, request: Request) -> Response:
        """List the draft, or a version."""
        policies.may_see(self.actor).enforce()
        asked = self.query(WordQuery)
        rows = queries.entries_of(None)
        if "version" in asked:
            rows = Entry.objects.filter(version__number=asked["version"])
        if "kind" in asked:
            rows = rows.filter(kind=asked["kind"])
        if "chain" in asked:
            rows = rows.filter(chain__code=asked["chain"])
        return self.page(WordShown, rows.select_related("chain", "added_by"))

    @extend_schema(summary="添加词条", request=WordBody, responses={201: WordShown})
    def create(self, request: Request) -> Response:
        """Put a word into the draft."""
        typed = self.body(WordBody)
        code = typed.pop("chain")
        chain = IndustryChain.objects.filter(code=code, active=True).first() if code else None
        if code and chain is None:
            sentence = f"没有代码为“{code}”的产业链"
            raise Invalid(sentence, fields={"chain": [sentence]})
        made = services.add(actor=self.actor, chain=chain, **typed)
        return self.show(WordShown, made, 201)

    @extend_schema(summary="移除词条", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a word out of the draft."""
        policies.may_see(self.actor).enforce()
        entry = found(Entry.objects.filter(version=None), pk)
        services.remove(actor=self.actor, entry=entry)
        return Response(status=204)

    @extend_schema(
        summary="导出词表", responses={(200, "text/tab-separated-values"): OpenApiTypes.STR}
    )
    @action(detail=False)
    def table(self, request: Request) -> HttpResponse:
        """Write the draft out as a table."""
        policies.may_see(self.actor).enforce()
        content = files.written(queries.entries_of(None))
        return HttpResponse(content, content_type="text/tab-separated-values; charset=utf-8")

    @extend_schema(summary="导入词表", request=TableBody, responses=TableTaken)
    @table.mapping.put
    def take(self, request: Request) -> Response:
        """Replace the draft by a table."""
        rows = files.read(self.body(TableBody)["table"].encode())
        return self.show(TableTaken, {"words": services.replace(actor=self.actor, rows=rows)})

    @extend_schema(summary="试用草稿", parameters=[SentenceBody], responses=TrialShown)
    @action(detail=False)
    def trial(self, request: Request) -> Response:
        """Show how the draft cuts a sentence, and which of a need's results move."""
        policies.may_see(self.actor).enforce()
        asked = self.query(SentenceBody)
        cut = trial.cut(asked["sentence"]) if "sentence" in asked else None
        moved = []
        if "need" in asked:
            moved = trial.rankings(found(library.visible_to(self.actor), asked["need"]).pk)
        return self.show(TrialShown, {"cut": cut, "moved": moved})

    @extend_schema(summary="词典版本", responses=WordsPublished(many=True))
    @action(detail=False)
    def versions(self, request: Request) -> Response:
        """List what was published, newest first."""
        policies.may_see(self.actor).enforce()
        return self.page(WordsPublished, queries.versions())

    @extend_schema(summary="发布词典", request=WhyBody, responses={201: ChoiceShown})
    @versions.mapping.post
    def publish(self, request: Request) -> Response:
        """Make a version of the draft; it counts once all is indexed by it."""
        choice = services.publish(actor=self.actor, **self.body(WhyBody))
        return self.show(ChoiceShown, choice, 201)

    @extend_schema(summary="退回词典版本", request=BackBody, responses={201: ChoiceShown})
    @action(detail=False, methods=["post"])
    def back(self, request: Request) -> Response:
        """Have everything indexed by an earlier version again."""
        choice = services.go_back(actor=self.actor, **self.body(BackBody))
        return self.show(ChoiceShown, choice, 201)
