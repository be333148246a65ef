"""How lists are cut into pages."""

from typing import Any

from rest_framework.exceptions import NotFound as NoPage
from rest_framework.pagination import PageNumberPagination

from jiebang.common.errors import NotFound


class Pages(PageNumberPagination):
    """Numbered pages; the caller may ask for up to 100 a page."""

    page_query_description = "第几页，从 1 起。"
    page_size_query_description = "每页条数，默认 20，最多 100。"
    page_size_query_param = "page_size"
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        """Return the rows of the page; raises NotFound for a page that there is not."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except NoPage as error:
            raise NotFound("没有这一页，请从第一页重新读取", code="page_not_found") from error

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return how the document tells of a page of these."""
        link = {"type": ["string", "null"], "format": "uri"}
        parts = {
            "count": {"type": "integer", "description": "总条数。"},
            "next": {**link, "description": "下一页的地址；没有则为 null。"},
            "previous": {**link, "description": "上一页的地址；没有则为 null。"},
            "results": schema,
        }
        return {"type": "object", "required": list(parts), "properties": parts}
