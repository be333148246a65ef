"""The interface's own description: valid, in Chinese, and every refusal of one kind."""

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

METHODS = {"get", "post", "put", "patch", "delete"}
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def document():
    """Return the document; making it fails on any warning."""
    said = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=said)
    return yaml.safe_load(said.getvalue())


@pytest.fixture(scope="module")
def operations(document):
    return {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_every_operation_has_a_chinese_name_and_group(operations):
    nameless = [
        where
        for where, operation in operations.items()
        if not CHINESE.search(operation.get("summary", ""))
        or not all(CHINESE.search(tag) for tag in operation["tags"])
    ]
    assert (nameless, bool(operations)) == ([], True)


def test_every_refusal_is_the_one_problem_document(operations):
    kinds = {
        (media_type, content["schema"]["$ref"])
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status.startswith("4")
        for media_type, content in answer["content"].items()
    }
    assert kinds == {("application/problem+json", "#/components/schemas/Problem")}


def test_money_is_a_string_and_its_unit_is_written_down(document):
    bounty = document["components"]["schemas"]["ChallengeRow"]["properties"]["bounty"]
    assert (bounty["type"], bounty["format"]) == (["string", "null"], "decimal")
    assert "万元" in bounty["description"]


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/?script"])
def test_the_document_s_pages_come_from_this_server(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert re.findall(r"https?://[^\"'\s]+", answer.content.decode()) == []
