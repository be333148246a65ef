"""What every resource of the interface has in common."""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from api.authentication import Tokens
from api.schema import Operations
from api.serializers import Body
from jiebang.accounts.models import User
from jiebang.common.errors import NotFound

M = TypeVar("M", bound=Model)


class Resource(GenericViewSet[Any]):
    """One resource: JSON in and out, one service or query call an operation.

    `tag` is its Chinese name in the document; `public` names the operations open to anyone.
    """

    tag: ClassVar[str]
    public: ClassVar[frozenset[str]] = frozenset()

    schema = Operations()
    authentication_classes = (Tokens, SessionAuthentication)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    filter_backends = ()
    metadata_class = None
    lookup_value_converter = "int"

    def get_permissions(self) -> list[BasePermission]:
        """Return who may come in; the fine rules are the policies'."""
        return [AllowAny() if self.action in self.public else IsAuthenticated()]

    @property
    def actor(self) -> User:
        """Return who asks, where the door lets only signed-in people through."""
        if self.reader is None:
            raise NotAuthenticated
        return self.reader

    @property
    def reader(self) -> User | None:
        """Return who asks, or None for a stranger."""
        return self.request.user if isinstance(self.request.user, User) else None

    def body(self, kind: type[Body], *, partial: bool = False) -> dict[str, Any]:
        """Return what was written, typed; raises ValidationError."""
        return self._typed(kind(data=self.request.data, partial=partial, context=self._context))

    def query(self, kind: type[Body]) -> dict[str, Any]:
        """Return what the address asks for, typed; raises ValidationError."""
        return self._typed(kind(data=self.request.query_params, context=self._context))

    def show(self, kind: type[BaseSerializer[Any]], thing: Any, status: int = 200) -> Response:
        """Answer with one thing."""
        return Response(kind(thing, context=self._context).data, status=status)

    def page(self, kind: type[BaseSerializer[Any]], rows: Any, status: int = 200) -> Response:
        """Answer with one page of the rows."""
        page = self.paginate_queryset(rows)
        shown = kind(page, many=True, context=self._context)
        response = self.get_paginated_response(shown.data)
        response.status_code = status
        return response

    @property
    def _context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self}

    @staticmethod
    def _typed(serializer: Body) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        typed: dict[str, Any] = serializer.validated_data
        return typed


def found(things: QuerySet[M], pk: int) -> M:
    """Return the thing, or raise NotFound: also for what the caller may not know of."""
    thing = things.filter(pk=pk).first()
    if thing is None:
        raise NotFound(f"没有这个{things.model._meta.verbose_name}，或者您无权查看")
    return thing
