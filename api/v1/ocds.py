"""Open contracting data (OCDS 1.1): release packages and record packages, public."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Query
from api.views import Resource
from jiebang.common.errors import NotFound
from jiebang.ocds import packages, queries

PER_PACKAGE = 100


class ReleaseQuery(Query):
    """Which releases."""

    method = serializers.ChoiceField(
        choices=list(queries.METHODS.items()), required=False, default="", help_text="采购方式。"
    )
    page = serializers.IntegerField(
        required=False, default=1, min_value=1, max_value=100_000, help_text="第几包。"
    )


class Ocds(Resource):
    """What was awarded and commissioned, in the open contracting standard."""

    tag = "开放数据"
    public = frozenset({"releases", "record"})

    @extend_schema(
        summary="开放合同数据发布包", parameters=[ReleaseQuery], responses=OpenApiTypes.OBJECT
    )
    def releases(self, request: Request) -> Response:
        """Return a package of releases, newest first; `links.next` leads to older ones."""
        asked = self.query(ReleaseQuery)
        number = asked["page"]
        rows = queries.processes(asked["method"])
        first = (number - 1) * PER_PACKAGE
        shown = rows[first : first + PER_PACKAGE]
        here = request.build_absolute_uri()
        more = ""
        if len(rows) > first + PER_PACKAGE:
            query = request.query_params.copy()
            query["page"] = str(number + 1)
            more = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response(
            packages.releases(
                queries.releases(shown), uri=here, publisher=queries.publisher(), more=more
            )
        )

    @extend_schema(summary="一个项目的开放合同记录", responses=OpenApiTypes.OBJECT)
    def record(self, request: Request, ocid: str) -> Response:
        """Return the record package of one process."""
        release: dict[str, Any] | None = queries.find(ocid)
        if release is None:
            raise NotFound("没有这个编号的公开项目，请核对")
        here = request.build_absolute_uri()
        return Response(packages.record(release, uri=here, publisher=queries.publisher()))
