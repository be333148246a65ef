"""Open contracting data: what is public, by which method, whole by the standard's own demands."""

import json
import os
import zipfile

import pytest
from django.urls import reverse
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from jiebang.ocds import queries
from tests.commissions import steps
from tests.factories import make_award, make_challenge, make_need, make_proposal

pytestmark = pytest.mark.django_db
# The standard's schema as published (standard-1__1__5.zip); where it is at hand it is asked too.
STANDARD = os.environ.get("JIEBANG_OCDS_STANDARD", "")
ROLES = {"buyer", "procuringEntity", "funder", "tenderer", "supplier"}
METHODS = {"open", "selective", "limited", "direct"}


def awarded(**need):
    challenge = make_challenge("awarded", need=make_need("posted", **need))
    make_proposal("not_awarded", challenge=challenge)
    return make_award(make_proposal("awarded", challenge=challenge))


def package(client, **asked):
    return client.get(reverse("api:ocds-releases"), asked).json()


def check(release):
    """What a release must have: its keys, known codes, and parties for every reference."""
    for name in ("ocid", "id", "date", "tag", "initiationType"):
        assert release[name]
    assert set(release["tag"]) <= {"tender", "award", "contract", "compiled"}
    known = {party["id"] for party in release["parties"]}
    assert len(known) == len(release["parties"])
    assert all(set(party["roles"]) <= ROLES and party["roles"] for party in release["parties"])
    tender = release["tender"]
    named = [release["buyer"], tender["procuringEntity"], *tender.get("tenderers", ())]
    named += [unit for award in release["awards"] for unit in award["suppliers"]]
    assert {unit["id"] for unit in named} <= known
    assert tender["procurementMethod"] in METHODS
    assert tender["status"] in ("active", "complete")
    for award in release["awards"]:
        assert award["status"] in ("pending", "active")
        assert award["value"]["currency"] == "CNY"
    awards = {award["id"] for award in release["awards"]}
    assert {row["awardID"] for row in release.get("contracts", ())} <= awards


def test_every_method_is_told_and_every_release_is_whole(client):
    steps.effective()
    notice = steps.notice()
    steps.draft()
    open_one, narrow = awarded(), awarded(secrecy="admitted")

    found = package(client)

    assert found["version"] == "1.1"
    for release in found["releases"]:
        check(release)
    methods = {r["tender"]["id"]: r["tender"]["procurementMethod"] for r in found["releases"]}
    assert sorted(methods.values()) == ["direct", "direct", "open", "selective"]
    assert methods[open_one.challenge.number] == "open"
    assert methods[narrow.challenge.number] == "selective"
    pending = next(r for r in found["releases"] if r["tender"]["id"] == notice.number)
    assert pending["awards"][0]["status"] == "pending"
    assert "contracts" not in pending
    direct = package(client, method="direct")["releases"]
    assert {r["tender"]["procurementMethod"] for r in direct} == {"direct"}
    assert all(r["tender"]["procurementMethodRationale"] for r in direct)
    if STANDARD:
        assert faults(found) == []


def faults(found):
    with zipfile.ZipFile(STANDARD) as file:
        base = "standard-1__1__5/schema/"
        of_release = json.loads(file.read(f"{base}release-schema.json"))
        of_package = json.loads(file.read(f"{base}release-package-schema.json"))
    registry = Registry().with_resource(of_release["id"], Resource(of_release, DRAFT4))
    validator = Draft4Validator(of_package, registry=registry, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(found)]


def test_money_is_in_yuan_and_a_masked_owner_is_not_named(client):
    award = awarded(mask_owner=True)
    (release,) = package(client)["releases"]
    assert release["awards"][0]["value"] == {"amount": 6_000_000.0, "currency": "CNY"}
    assert award.challenge.need.owner.name not in json.dumps(release, ensure_ascii=False)
    assert release["buyer"]["name"] == queries.publisher()


def test_a_record_holds_the_release_and_the_same_compiled(client):
    made = steps.effective()
    address = reverse("api:ocds-record", args=[queries.ocid_of(made)])
    (record,) = client.get(address).json()["records"]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert record["releases"][0]["tender"] == record["compiledRelease"]["tender"]
    draft = steps.draft()
    missing = client.get(reverse("api:ocds-record", args=[queries.ocid_of(draft)]))
    assert missing.status_code == 404


def test_the_page_lists_what_is_public(client):
    made, draft = steps.effective(), steps.draft()
    page = client.get(reverse("web:open-data")).content.decode()
    assert made.number in page
    assert draft.number not in page
