"""The pages of a bid: its sheets, what a colleague saved meanwhile, its consortium, lateness."""

from decimal import Decimal

import pytest
from django.urls import reverse

from jiebang.proposals import services
from jiebang.proposals.models import BudgetRow, LatePermission, Party, TeamRow
from jiebang.proposals.states import State
from tests.factories import make_officer, make_proposal, make_university, make_user
from tests.proposals.made import make_partner
from tests.web.test_solver_pages import typed

pytestmark = pytest.mark.django_db


def sheet(prefix, *rows):
    """A table as the page sends it."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        data |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def bid(client):
    proposal = make_proposal()
    client.force_login(proposal.author)
    return proposal


def page(name, thing):
    return reverse(f"web:{name}", args=[thing.pk])


def test_the_sheets_are_kept_without_their_blank_rows_and_other_tables_stay(client, bid):
    TeamRow.objects.create(proposal=bid, name="林之远", share=40)
    budget = sheet(
        "budget", {"item": "people"}, {"item": "material", "poster": "600"}, {"item": "other"}
    )
    assert client.post(page("proposal-edit", bid), typed(bid) | budget).status_code == 302
    rows = BudgetRow.objects.values_list("item", "poster", "own")
    assert list(rows) == [("material", Decimal(600), Decimal(0))]
    assert TeamRow.objects.count() == 1


def test_a_sum_that_is_off_is_said_at_the_row_that_is_on_the_page(client, bid):
    budget = sheet("budget", {"item": "people"}, {"item": "material", "poster": "550"})
    url = page("proposal-autosave", bid)
    answer = client.post(url, typed(bid) | budget)
    ((place, sentence),) = answer.context["missing"]
    assert place == "#id_budget-1-poster"
    assert "少 50.00 万元" in sentence


def test_two_lines_of_one_item_are_refused_at_the_second_and_nothing_is_kept(client, bid):
    rows = ({"item": "people"}, {"item": "people", "own": "1"}, {"item": "people", "own": "2"})
    answer = client.post(page("proposal-edit", bid), typed(bid) | sheet("budget", *rows))
    assert answer.status_code == 422
    errors = answer.context["draft"].tables["budget"].forms[2].errors
    assert dict(errors) == {"item": ["这个科目已填过一行，请合并"]}
    assert not BudgetRow.objects.exists()


def test_what_a_colleague_saved_meanwhile_stands_beside_what_is_typed(client, bid):
    data = typed(bid, risks="我写的") | sheet("team", {"name": "王", "share": "20"})
    rows = [{"name": "林", "share": 40}, {"name": "陈"}, {"name": "周"}]
    services.save(proposal=bid, actor=bid.author, data={"risks": "同事写的"}, tables={"team": rows})
    answer = client.post(page("proposal-edit", bid), data)
    assert answer.status_code == 422
    changes = {c.label: (c.before, c.after) for c in answer.context["changes"]}
    assert changes["风险与预案"] == ("同事写的", "我写的")
    assert changes["团队成员第 1 行"][1] == "姓名：王；投入工时占比（%）：20"
    assert TeamRow.objects.count() == 3


@pytest.mark.parametrize("right", ["view", "comment", "edit"])
def test_what_a_partner_may_open(client, right):
    bid = make_proposal()
    party = make_partner(bid, right=right)
    client.force_login(party.joined_by)
    assert client.get(page("proposal-consortium", bid)).status_code == 200
    assert client.get(page("proposal", bid)).status_code == 200
    assert client.get(page("proposal-edit", bid)).status_code == (200 if right == "edit" else 403)
    remark = client.post(page("proposal-comment", bid), {"text": "建议"})
    assert remark.status_code == (403 if right == "view" else 302)
    assert client.post(page("proposal-invite", bid), {"email": "a@b.cn"}).status_code == 403


def test_the_share_of_a_unit_is_refused_in_its_row(client, bid):
    party = make_partner(bid)
    lead = bid.parties.get(leads=True)
    data = {f"party-{lead.pk}-grant_share": "170", f"party-{party.pk}-grant_share": "30"}
    answer = client.post(page("proposal-shares", bid), data)
    assert answer.status_code == 422
    assert set(Party.objects.values_list("grant_share", flat=True)) == {None}


def test_a_units_invitation_is_nothing_to_strangers(client, bid):
    unit = make_university()
    client.post(page("proposal-invite", bid), {"unit": unit.pk, "right": "view"})
    url = reverse("web:partner-invitation", args=[bid.invitations.get().pk])
    client.force_login(make_user(unit=make_university()))
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 404
    client.force_login(make_user(unit=unit))
    assert client.post(url, {"action": "accept"}).status_code == 302
    assert Party.objects.filter(unit=unit).exists()


def test_an_intention_becomes_a_draft(client):
    unit = make_university()
    client.force_login(make_user(unit=unit))
    bid = make_proposal()
    answer = client.post(page("proposal-intend", bid.challenge), {"lead": unit.pk}, follow=True)
    thing = answer.context["thing"]
    assert thing.state == State.INTENTION
    client.post(page("proposal-move", thing), {"action": "write"})
    thing.refresh_from_db()
    assert thing.state == State.DRAFT


def test_a_permission_is_proposed_on_the_bureaus_page_and_not_decided_by_its_proposer(client):
    bid = make_proposal()
    client.force_login(make_officer())
    data = {"unit": bid.lead_id, "until": "2099-01-01T12:00", "reason": "平台登录故障"}
    assert client.post(page("officer-late", bid.challenge), data).status_code == 302
    made = LatePermission.objects.get()
    assert client.post(page("officer-late-move", made), {"action": "grant"}).status_code == 403
    client.force_login(make_officer())
    assert client.post(page("officer-late-move", made), {"action": "grant"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "granted"
