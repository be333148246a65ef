"""Units: the verified ones are public; their own people and the bureau see more."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions, Coded
from api.serializers import Body, Move, Query, Reference, RowBody, Shown
from api.v1.history import WithHistory
from api.views import found
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.common.errors import NotAllowed
from jiebang.organizations import policies, queries, services
from jiebang.organizations.models import Organization, Qualification
from jiebang.organizations.states import Action, Kind, QualificationKind, State
from jiebang.taxonomy.models import ChainNode, District, IndustryChain

PUBLIC = (
    "id", "number", "name", "uscc", "kind", "state", "district", "city", "chain", "node",
    "legal_person", "website", "intro", "main_business", "founded_on", "qualifications",
)  # fmt: skip
# For the unit itself and the bureau.
INSIDE = (
    "address", "staff", "rd_staff", "revenue", "rd_spending", "contact_name", "contact_phone",
    "contact_email",
)  # fmt: skip
WRITTEN = (
    "name", "uscc", "kind", "district", "city", "chain", "node", "legal_person", "address",
    "website", "intro", "main_business", "founded_on", "staff", "rd_staff", "revenue",
    "rd_spending", "contact_name", "contact_phone", "contact_email",
)  # fmt: skip


class QualificationShown(Shown[Qualification]):
    """A title that the unit holds."""

    class Meta:
        model = Qualification
        fields = ("kind", "batch", "valid_until")


class Inside(Shown[Organization]):
    """What only the unit itself and the bureau see."""

    class Meta:
        model = Organization
        fields = INSIDE


class OrganizationShown(Shown[Organization]):
    """A unit. What is not the reader's to see is null."""

    number = serializers.CharField(help_text="编号。")
    district = Reference(allow_null=True)
    chain = Reference(allow_null=True)
    node = Reference(allow_null=True)
    qualifications = QualificationShown(many=True)
    actions = Actions(Organization.LIFE, policies.actions_for)
    inside = serializers.SerializerMethodField(help_text="仅本单位成员和科技局可见，否则为 null。")

    class Meta:
        model = Organization
        fields = (*PUBLIC, "actions", "inside")

    @extend_schema_field(Inside(allow_null=True))
    def get_inside(self, unit: Organization) -> Any:
        """Return the private part, or None."""
        user = self.context["request"].user
        if not policies.may_see_contact(user, unit):
            return None
        return Inside(unit, context=self.context).data


class OrganizationWritten(RowBody[Organization]):
    """A unit's own data; name, code and kind stay as the bureau verified them."""

    uscc = serializers.CharField(max_length=30, help_text="统一社会信用代码，校验末位校验码。")
    district = Coded(queryset=District.objects.filter(active=True), required=False, allow_null=True)
    chain = Coded(
        queryset=IndustryChain.objects.filter(active=True), required=False, allow_null=True
    )
    node = Coded(queryset=ChainNode.objects.filter(active=True), required=False, allow_null=True)
    qualifications = serializers.ListField(
        child=serializers.ChoiceField(choices=QualificationKind.choices),
        required=False,
        help_text="资质；核验通过后由科技局认定。",
    )

    class Meta:
        model = Organization
        fields = (*WRITTEN, "qualifications")


class Recognised(Body):
    """The titles that the bureau recognises: all of them."""

    qualifications = serializers.ListField(
        child=serializers.ChoiceField(choices=QualificationKind.choices)
    )


class OrganizationMove(Move):
    """One step of a registration."""

    action = serializers.ChoiceField(choices=Action.choices)


class OrganizationQuery(Query):
    """The filters of the units."""

    q = serializers.CharField(required=False, help_text="名称、代码、主营业务或简介中的文字。")
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)
    district = serializers.CharField(required=False, help_text="镇街（园区）代码。")
    chain = serializers.CharField(required=False, help_text="产业链代码。")
    qualification = serializers.ChoiceField(choices=QualificationKind.choices, required=False)


class Organizations(WithHistory):
    """Units."""

    tag = "单位"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Organization]:
        """Return the units that the caller may see."""
        return queries.visible_to(self.reader)

    def record_of(self, thing: Organization) -> QuerySet[Entry]:
        """Leave a unit's record to its own people and the bureau."""
        if not policies.may_see_contact(self.actor, thing):
            raise NotAllowed("办件进度只对本单位成员和科技局开放", code="not_a_party")
        return history(thing)

    @extend_schema(
        summary="查询单位",
        parameters=[OrganizationQuery],
        responses=OrganizationShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """List the verified units, and those of one's own."""
        asked = self.query(OrganizationQuery)
        return self.page(OrganizationShown, self.get_queryset().filter(_condition(asked)))

    @extend_schema(summary="查看单位", responses=OrganizationShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(OrganizationShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="登记单位", request=OrganizationWritten, responses={201: OrganizationShown}
    )
    def create(self, request: Request) -> Response:
        """Register a unit; the caller is its first administrator."""
        data = self.body(OrganizationWritten)
        titles = data.pop("qualifications", ())
        made = services.register(actor=self.actor, data=data, qualifications=titles)
        return self._answer(made, 201)

    @extend_schema(summary="修改单位信息", request=OrganizationWritten, responses=OrganizationShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the unit's data."""
        unit = found(self.get_queryset(), pk)
        data = self.body(OrganizationWritten, partial=True)
        titles = data.pop("qualifications", None)
        services.edit(organization=unit, actor=self.actor, data=data, qualifications=titles)
        return self._answer(unit)

    @extend_schema(
        summary="核验、退回、重新提交、停用或恢复",
        request=OrganizationMove,
        responses=OrganizationShown,
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        unit = found(self.get_queryset(), pk)
        services.move(organization=unit, actor=self.actor, **self.body(OrganizationMove))
        return self._answer(unit)

    @extend_schema(summary="认定资质", request=Recognised, responses=OrganizationShown)
    @action(detail=True, methods=["put"])
    def qualifications(self, request: Request, pk: int) -> Response:
        """Set the titles that the bureau recognises."""
        unit = found(self.get_queryset(), pk)
        services.recognise(organization=unit, actor=self.actor, **self.body(Recognised))
        return self._answer(unit)

    def _answer(self, unit: Organization, status: int = 200) -> Response:
        return self.show(OrganizationShown, found(self.get_queryset(), unit.pk), status)


def _condition(asked: dict[str, Any]) -> Q:
    which = Q()
    if text := asked.get("q"):
        columns = ("name", "uscc", "main_business", "intro")
        which &= Q(*((f"{c}__icontains", text) for c in columns), _connector=Q.OR)
    columns_of = {
        "kind": "kind",
        "state": "state",
        "district": "district__code",
        "chain": "chain__code",
        "qualification": "qualifications__kind",
    }
    return which & Q(**{c: asked[name] for name, c in columns_of.items() if name in asked})
