"""A client that holds every answer against the OpenAPI document."""

import re
from functools import cache

from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator
from rest_framework.test import APIClient

UNDOCUMENTED = {405}  # a method that an address does not have stands in no document


@cache
def document():
    """Return the document; made once."""
    return SchemaGenerator().get_schema(request=None, public=True)


def address(route):
    """Return a route as the document writes it."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route}")
    return path.replace("{pk}", "{id}")


class DocumentedClient(APIClient):
    """Asserts that what comes back is what the document says: status, kind and content."""

    def request(self, **environment):
        answer = super().request(**environment)
        match = getattr(answer, "resolver_match", None)
        if match and match.route.startswith("api/v1/"):
            hold(answer, address(match.route), environment["REQUEST_METHOD"].lower())
        return answer


def hold(answer, path, method):
    """Assert that the answer is a documented one."""
    if answer.status_code in UNDOCUMENTED:
        return
    operation = document()["paths"][path][method]
    where = f"{method} {path} {answer.status_code}"
    assert str(answer.status_code) in operation["responses"], f"undocumented: {where}"
    said = operation["responses"][str(answer.status_code)]
    if "content" not in said:
        assert answer.content == b"", where
        return
    kind = answer["Content-Type"].partition(";")[0]
    assert kind in said["content"], f"undocumented {kind}: {where}"
    if not kind.endswith("json"):
        return  # a file
    schema = {**said["content"][kind]["schema"], "components": document()["components"]}
    faults = [
        f"{'.'.join(map(str, fault.path))}: {fault.message}"
        for fault in OAS31Validator(schema).iter_errors(answer.json())
    ]
    assert faults == [], f"{where}: {faults}"
