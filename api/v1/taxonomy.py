"""Districts, technical fields and industry chains: the codes that other resources speak of."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Reference, Shown
from api.views import Resource
from jiebang.taxonomy import queries
from jiebang.taxonomy.models import ChainNode, District


class DistrictShown(Shown[District]):
    """A town or a park."""

    class Meta:
        model = District
        fields = ("code", "name", "kind")


class FieldShown(Reference):
    """A top field with its branches."""

    children = Reference(many=True, help_text="下级领域；按上级代码筛选时包含下级。")


class NodeShown(Shown[ChainNode]):
    """A link of a chain."""

    class Meta:
        model = ChainNode
        fields = ("code", "name", "stage")


class ChainShown(Reference):
    """A chain with its links."""

    nodes = NodeShown(many=True)


class Taxonomy(Resource):
    """The reference data; anyone may read it."""

    tag = "分类"
    public = frozenset({"districts", "fields", "chains"})

    @extend_schema(summary="镇街（园区）", responses=DistrictShown(many=True))
    @action(detail=False)
    def districts(self, request: Request) -> Response:
        """List the towns and parks."""
        return self.page(DistrictShown, queries.districts())

    @extend_schema(summary="技术领域及其下级", responses=FieldShown(many=True))
    @action(detail=False)
    def fields(self, request: Request) -> Response:
        """List the top fields with their branches."""
        return self.page(FieldShown, queries.field_tree())

    @extend_schema(summary="产业链及其环节", responses=ChainShown(many=True))
    @action(detail=False)
    def chains(self, request: Request) -> Response:
        """List the chains with their links."""
        return self.page(ChainShown, queries.chains())
