"""Blind review: no name of the bidder reaches an expert before all the own scores are in."""

import pytest
from django.urls import reverse

from jiebang.awards import blinding
from jiebang.proposals.models import Proposal
from tests.awards import steps
from tests.factories import make_pooled

pytestmark = pytest.mark.django_db


@pytest.fixture
def blind():
    """A blind challenge with two solutions, an expert for both, and what would tell who bids."""
    challenge, bids = steps.challenge_in_steps(blind=True, reviews_least=0)
    lead = bids[0].lead
    lead.name, lead.contact_phone = "东莞市莞能样例电池有限公司", "13800138000"
    lead.contact_email = "rd@guanneng.example"
    lead.save()
    names = {
        "pi_name": "钱学林",
        "partners": "南岭样例大学、江海材料研究院",
        "team": "钱学林教授带领莞能样例电池的团队，联系 13800138000 或 rd@guanneng.example",
        "research_basis": "东莞市莞能样例电池有限公司与南岭样例大学共建实验室",
    }
    Proposal.objects.filter(pk=bids[0].pk).update(**names)
    return challenge, bids, steps.seat(challenge, bids, make_pooled())


TELLING = ("莞能样例电池", "钱学林", "南岭样例大学", "江海材料研究院", "13800138000", "rd@guan")


def pages(client, expert, challenge, bid):
    client.force_login(expert)
    seat = expert.expert.seats.get(challenge=challenge)
    doors = {"expert-seat": seat.pk, "expert-bid": bid.pk, "expert-review": bid.pk}
    return [client.get(reverse(f"web:{n}", args=[pk])).content.decode() for n, pk in doors.items()]


def test_no_page_of_the_expert_tells_who_bids(client, blind):
    challenge, bids, expert = blind
    shown = pages(client, expert, challenge, bids[0])

    assert {word for page in shown for word in TELLING if word in page} == set()
    assert all(blinding.alias(bids[0]) in page for page in shown[:2])
    assert blinding.HIDDEN in shown[1]


def test_the_names_are_shown_once_all_own_scores_are_in(client, blind):
    challenge, bids, expert = blind
    steps.review(bids[0], expert)
    assert bids[0].lead.name not in pages(client, expert, challenge, bids[0])[1]

    steps.review(bids[1], expert)

    assert bids[0].lead.name in pages(client, expert, challenge, bids[0])[1]


def test_a_call_that_is_not_blind_names_the_bidder(client, blind):
    challenge, bids, expert = blind
    challenge.call.decision_rules.blind = False
    challenge.call.decision_rules.save()

    assert bids[0].lead.name in pages(client, expert, challenge, bids[0])[1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("莞能样例电池的中试线", "〔已隐去〕的中试线"),
        ("见 https://guanneng.example/a，附图", "见 〔已隐去〕，附图"),
        ("电话 0769-22881234。", "电话 〔已隐去〕。"),
        ("能量密度 350 Wh/kg", "能量密度 350 Wh/kg"),
    ],
)
def test_a_mask_takes_out_names_and_addresses_and_nothing_else(text, shown):
    assert blinding.Mask("1 号揭榜方", ("莞能样例电池",)).of(text) == shown
