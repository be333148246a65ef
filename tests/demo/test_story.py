"""The story of the demo city can be told: its steps follow the workflows and the calls' rules."""

from decimal import Decimal

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions.states import RUNNING
from jiebang.contracts.states import MilestoneState
from jiebang.contracts.states import State as ContractState
from jiebang.library import checkup
from jiebang.library.screening import SHORTEST_OPINION
from jiebang.library.states import State as NeedState
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.states import State as ProposalState
from tests.demo.content import by_key, indicator_rows, rows, stories


def names(story):
    return story["need"]


def told(part):
    return [story for story in stories() if part in story]


def rules_of(story):
    return {code: Decimal(value) for code, value in by_key("calls")[story["call"]]["rules"].items()}


def check_up(story, **first_version):
    need = by_key("needs")[story["need"]] | first_version
    content = {**need, "tech_field": need["field"]}
    return checkup.check(content, indicator_rows(need["indicators"]), rules_of(story))


def of_commissioned_needs():
    return {"commissioned" for row in rows("commissions") if row["state"] in RUNNING}


def told_contracts():
    """Return where contracts stand: of awards, and of former commissions."""
    ends = {"pass": "accepted", "close": "concluded", "fail": "failed"}
    ended = [row for row in rows("afterwards") if row["until"] == "concluded"]
    revoked = {"revoked" for row in rows("afterwards") if "revoked" in row}
    of_awards = {story["contract"]["state"] for story in told("contract")}
    return of_awards | {ends[row["conclusion"]] for row in ended} | revoked


def test_every_need_has_one_story():
    assert sorted(story["need"] for story in stories()) == sorted(by_key("needs"))


@pytest.mark.parametrize(
    ("states", "found"),
    [
        (NeedState, {story["state"] for story in stories()} | of_commissioned_needs()),
        (ChallengeState, {story["challenge"]["state"] for story in told("challenge")}),
        (
            ContractState,
            told_contracts(),
        ),
        (
            MilestoneState,
            {
                milestone["state"]
                for story in told("contract")
                for milestone in story["contract"].get("milestones", ())
            },
        ),
        (UnitState, {unit.get("state", "verified") for unit in rows("units")}),
        (
            ProposalState,
            {solution.get("state", "submitted") for solution in rows("solutions")}
            | {"awarded", "not_awarded"}
            | {"intention" for story in told("challenge") if "meant" in story["challenge"]},
        ),
    ],
    ids=["needs", "challenges", "contracts", "milestones", "units", "solutions"],
)
def test_every_state_of_every_life_is_told(states, found):
    assert found == set(states.values)


@pytest.mark.parametrize("story", stories(), ids=names)
def test_steps_come_one_after_the_other(story):
    days = [day for name, day in story["days"].items() if name != "ended"]
    posting = story.get("challenge")
    if posting:
        days += [posting["opens"], posting["closes"]]
    if "award" in story:
        days.append(story["award"]["day"])
    assert days == sorted(days)


@pytest.mark.parametrize("story", [s for s in stories() if "submitted" in s["days"]], ids=names)
def test_what_is_submitted_passes_the_check_up_within_its_window(story):
    opens, closes = by_key("calls")[story["call"]]["collection"]
    assert opens < story["days"]["submitted"] < closes
    assert check_up(story).errors == ()
    if "before" in story:
        assert check_up(story, **story["before"]).errors == ()


def test_the_vague_needs_are_found_out():
    vague = {n["key"] for n in rows("needs") if n.get("vague")}
    told_of = {story["need"]: check_up(story) for story in stories() if story["need"] in vague}
    assert {need for need, report in told_of.items() if report.errors} == vague - {"nmp-recovery"}
    warned = [finding.code for finding in told_of["nmp-recovery"].findings]
    assert warned.count("indicator_not_measurable") == 3


@pytest.mark.parametrize("story", told("admission"), ids=names)
def test_what_enters_the_library_was_found_good_enough(story):
    rules = rules_of(story)
    totals = [Decimal(sum(row["scores"])) / 4 for row in story["appraisals"]]
    assert len(totals) >= rules["appraisals_required"]
    assert sum(totals) / len(totals) >= rules["pass_mark"]
    experts = {p["username"] for p in rows("people") if "expert" in p["roles"]}
    assert {row["expert"] for row in story["appraisals"]} <= experts


def test_every_opinion_is_long_enough_to_be_handed_in():
    opinions = [
        row["opinion"] for s in told("appraisals") for row in s["appraisals"] if "opinion" in row
    ]
    assert [opinion for opinion in opinions if len(opinion) < SHORTEST_OPINION] == []


@pytest.mark.parametrize("story", told("challenge"), ids=names)
def test_challenges_are_open_long_enough_and_end_as_the_days_say(story):
    posting = story["challenge"]
    assert posting["closes"] - posting["opens"] >= rules_of(story)["min_bidding_days"]
    by_clock = "scheduled" if posting["opens"] > 0 else "open" if posting["closes"] > 0 else None
    assert by_clock is None or posting["state"] == by_clock


@pytest.mark.parametrize("story", told("award"), ids=names)
def test_an_award_keeps_the_rules_of_its_call(story):
    award, rules = story["award"], rules_of(story)
    amount, grant = Decimal(award["amount"]), Decimal(award["grant"])
    bidders = {s["unit"] for s in rows("solutions") if s["need"] == story["need"]}
    assert award["winner"] in bidders
    assert amount <= by_key("needs")[story["need"]]["bounty"]
    assert grant <= rules["max_grant"]
    assert grant * 100 <= amount * rules["max_grant_share"]
    assert len(award["reason"]) >= rules["award_reason_min_length"]


@pytest.mark.parametrize(
    "story", [s for s in told("contract") if "milestones" in s["contract"]], ids=names
)
def test_milestones_share_out_the_money_and_carry_every_core_indicator(story):
    contract, indicators = story["contract"], by_key("needs")[story["need"]]["indicators"]
    milestones = contract["milestones"]
    assert sum(milestone["share"] for milestone in milestones) == 100
    assert milestones[0]["share"] >= rules_of(story)["first_payment_min_share"]
    assert all(milestone["months"] <= contract["months"] for milestone in milestones)
    carried = {n for milestone in milestones for n in milestone["indicators"]}
    core = {n for n, row in enumerate(indicators) if row["core"]}
    assert core <= carried <= set(range(len(indicators)))
    for milestone in milestones:
        for report in milestone.get("reports", ()):
            measured = [row["indicator"] for row in report["measured"]]
            assert measured == milestone["indicators"]


def test_the_accepted_contract_met_every_core_indicator():
    (story,) = [s for s in told("contract") if s["contract"]["state"] == "accepted"]
    last = story["contract"]["milestones"][-1]["reports"][-1]
    indicators = by_key("needs")[story["need"]]["indicators"]
    for row in last["measured"]:
        wanted, measured = indicators[row["indicator"]], Decimal(row["value"])
        met = {">=": measured >= wanted["value"], "<=": measured <= wanted["value"]}
        assert met[wanted["comparator"]], wanted["name"]
