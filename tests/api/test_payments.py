"""A contract's money through the interface: asked, approved, paid; each refusal changes nothing."""

import pytest

from jiebang.contracts.models import Contract, Payment
from tests.factories import make_approver, make_contract, make_officer, make_user

pytestmark = pytest.mark.django_db

V1 = "/api/v1"


def standing():
    return list(Contract.objects.values()), list(Payment.objects.values())


@pytest.fixture
def city(client_for):
    contract = make_contract("running")
    Contract.objects.update(grant=200)
    contract.milestones.update(state="confirmed")
    people = {
        "solver": make_user(unit=contract.solver),
        "poster": make_user(unit=contract.poster),
        "officer": make_officer(),
        "approver": make_approver(),
    }
    clients = {name: client_for(user) for name, user in people.items()}

    def does(who, path, status, **body):
        answer = clients[who].post(f"{V1}/{path}", body, format="json")
        assert answer.status_code == status, answer.json()
        return answer.json()

    return contract, does, clients


def test_a_tranche_is_asked_approved_and_paid_and_shown_on_the_contract(city):
    contract, does, clients = city
    stone = contract.milestones.first()
    made = does("solver", "payments/", 201, milestone=stone.pk, amount="250", purpose="材料")
    at = f"payments/{made['id']}/moves/"
    assert (made["state"], made["actions"]) == ("requested", [])

    approved = does("approver", at, 200, action="approve")
    assert [each["action"] for each in approved["actions"]] == ["decline"]
    done = does("officer", at, 200, action="pay", voucher="PZ-2026-01", settled_on="2026-01-05")
    assert (done["state"], done["voucher"], done["settled_on"]) == (
        "paid",
        "PZ-2026-01",
        "2026-01-05",
    )
    shown = clients["poster"].get(f"{V1}/contracts/{contract.pk}/").json()
    assert (shown["paid"], shown["released"]) == ("250", "600")
    (row,) = clients["poster"].get(f"{V1}/payments/?contract={contract.pk}").json()["results"]
    assert row["number"] == done["number"]


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "code"),
    [
        ("solver", "payments/", {"amount": "301"}, 422, "over_the_tranche"),
        ("solver", "payments/", {"amount": "300", "grant": "201"}, 422, "over_the_grant"),
        ("solver", "payments/", {"amount": "50"}, 409, "payment_pending"),
        ("poster", "payments/", {"amount": "50"}, 403, "not_member"),
        ("poster", "payments/{pk}/moves/", {"action": "approve"}, 403, "role_required"),
        ("officer", "payments/{pk}/moves/", {"action": "approve"}, 403, "role_required"),
        ("approver", "payments/{pk}/moves/", {"action": "decline"}, 422, "reason_required"),
        ("officer", "payments/{pk}/moves/", {"action": "pay", "voucher": "1"}, 409, "wrong_state"),
        ("officer", "contracts/{contract}/recoveries/", {"amount": "1"}, 409, "wrong_state"),
        ("approver", "contracts/{contract}/moves/", {"action": "terminate", "note": "停"}, 409,
         "by_request"),
    ],
)  # fmt: skip
def test_a_refusal_has_its_status_and_code_and_changes_nothing(city, who, path, body, status, code):
    contract, does, _ = city
    first, second = contract.milestones.all()
    waiting = does("solver", "payments/", 201, milestone=second.pk, amount="10", purpose="材料")
    before = standing()
    stone = second.pk if code == "payment_pending" else first.pk
    if not path.endswith("moves/"):
        body = {"milestone": stone, "purpose": "材料", **body}
    if path.startswith("contracts") and "milestone" in body:
        del body["milestone"]
    address = path.format(pk=waiting["id"], contract=contract.pk)

    refusal = does(who, address, status, **body)

    assert refusal["code"] == code
    assert standing() == before
