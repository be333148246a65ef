"""Who comes in without a token: the table of every address of the interface."""

import re

import pytest
import yaml

pytestmark = pytest.mark.django_db

DOCUMENT = "/api/schema/"
WRITES = ("post", "put", "patch", "delete")
# What anyone may read; everything else asks for a token.
PUBLIC = {
    "/api/v1/acceptance-draws/",
    "/api/v1/acceptance-draws/{id}/",
    "/api/v1/achievements/",
    "/api/v1/achievements/{id}/",
    "/api/v1/achievements/{id}/matches/",
    "/api/v1/attachments/",
    "/api/v1/attachments/{id}/",
    "/api/v1/attachments/{id}/content/",
    "/api/v1/awards/",
    "/api/v1/awards/{id}/",
    "/api/v1/calls/",
    "/api/v1/calls/{id}/",
    "/api/v1/challenges/",
    "/api/v1/challenges/{id}/",
    "/api/v1/challenges/{id}/alike/",
    "/api/v1/challenges/{id}/amendments/",
    "/api/v1/challenges/{id}/bid-files/",
    "/api/v1/challenges/{id}/clarifications/",
    "/api/v1/challenges/{id}/history/",
    "/api/v1/challenges/{id}/questions/",
    "/api/v1/commissions/",
    "/api/v1/commissions/{id}/",
    "/api/v1/decisions/",
    "/api/v1/decisions/{id}/",
    "/api/v1/draws/",
    "/api/v1/draws/{id}/",
    "/api/v1/intent-notices/",
    "/api/v1/intent-notices/{id}/",
    "/api/v1/ledger/",
    "/api/v1/ledger/{id}/",
    "/api/v1/ocds/records/{ocid}/",
    "/api/v1/ocds/releases/",
    "/api/v1/organizations/",
    "/api/v1/organizations/{id}/",
    "/api/v1/stats/fields/",
    "/api/v1/stats/funnel/",
    "/api/v1/stats/months/",
    "/api/v1/taxonomy/chains/",
    "/api/v1/taxonomy/districts/",
    "/api/v1/taxonomy/fields/",
    "/api/v1/track-items/",
    "/api/v1/working-days/",
}
# Where one comes in for the first time.
ENTRANCES = {"/api/v1/auth/tokens/", "/api/v1/sign-up/"}


@pytest.fixture
def document(client):
    return yaml.safe_load(client.get(DOCUMENT).content)


def filled(path):
    return re.sub(r"\{\w+\}", "999999", path)


def test_a_stranger_reads_what_is_public_and_nothing_else(client_for, document):
    client = client_for()
    readable = set()
    for path, operations in document["paths"].items():
        if "get" in operations:
            status = client.get(filled(path)).status_code
            assert status in {200, 401, 404, 422}, path  # 422: it wants to know of what
            if status != 401:
                readable.add(path)

    assert readable == PUBLIC


def test_a_stranger_writes_nothing(client_for, document):
    client = client_for()
    open_to_all = set()
    for path, operations in document["paths"].items():
        for method in set(WRITES) & set(operations):
            answer = getattr(client, method)(filled(path), {}, format="json")
            if answer.status_code != 401:
                open_to_all.add(path)

    assert open_to_all == ENTRANCES
