"""The demo city's files are whole: what they name exists, what they say fits its column."""

import pytest
from stdnum.cn import uscc

from jiebang.achievements.models import Achievement
from jiebang.library.models import CallRule, Criterion, Indicator, TechNeed
from jiebang.library.states import RuleCode
from jiebang.organizations.models import Organization
from jiebang.organizations.states import MemberRole, QualificationKind
from jiebang.proposals.checks import REQUIRED
from jiebang.proposals.models import IndicatorResponse, Proposal
from tests.demo.content import by_key, codes, rows

# What the files say in their own way; everything else is a column of the model.
NOT_COLUMNS = {
    "units": {"key", "state", "note", "district", "chain", "node", "qualifications", "people"},
    "needs": {"key", "unit", "field", "keywords", "indicators", "vague", "files"},
    "achievements": {
        "key", "unit", "field", "keywords", "transfer_modes", "patents", "answers",
    },
    "solutions": {"need", "unit", "day", "state", "responses", "consortium", "files"},
}  # fmt: skip
BY_THE_STORY = {"pledged", "signatory", "relation"}


def names(row):
    return row.get("key") or row.get("username") or f"{row['need']}-{row['unit']}"


def columns(table, row):
    lists = {
        "keywords": ",".join(row.get("keywords", ())),
        "transfer_modes": "、".join(row.get("transfer_modes", ())),
        "patents": "、".join(row.get("patents", ())),
    }
    texts = {name: text for name, text in lists.items() if name in row}
    return {k: v for k, v in row.items() if k not in NOT_COLUMNS[table]} | texts


@pytest.mark.parametrize(
    ("table", "count"),
    [("units", 31), ("people", 22), ("calls", 2), ("needs", 33), ("achievements", 72)],
)
def test_keys_are_unique(table, count):
    assert len({names(row) for row in rows(table)}) == len(rows(table)) == count


def test_usernames_are_unique_across_units_and_platform():
    everybody = [p["username"] for unit in rows("units") for p in unit["people"]]
    everybody += [person["username"] for person in rows("people")]
    assert sorted(everybody) == sorted(set(everybody))


@pytest.mark.parametrize("unit", rows("units"), ids=names)
def test_a_unit_fits_its_model(unit):
    assert uscc.is_valid(unit["uscc"])
    Organization(**columns("units", unit)).clean_fields()
    assert ("district" in unit) != ("city" in unit)
    assert {unit[name] for name in ("district",) if name in unit} <= codes("districts")
    assert {unit[name] for name in ("chain", "node") if name in unit} <= codes("chains")
    assert set(unit.get("qualifications", ())) <= set(QualificationKind)
    assert {person["role"] for person in unit["people"]} <= set(MemberRole)
    assert unit["people"][0]["role"] == MemberRole.ADMINISTRATOR
    assert 80 <= len(unit["intro"]) <= 200


def test_credit_codes_and_names_belong_to_one_unit():
    for column in ("uscc", "name"):
        values = [unit[column] for unit in rows("units")]
        assert sorted(values) == sorted(set(values))


def test_people_of_the_platform_name_districts_and_fields_that_exist():
    for person in rows("people"):
        assert set(person.get("districts", ())) <= codes("districts")
        assert set(person.get("fields", ())) <= codes("fields")


def test_every_firm_that_asks_for_something_has_an_endorser():
    endorsed = {code for person in rows("people") for code in person.get("districts", ())}
    asking = {by_key("units")[need["unit"]]["district"] for need in rows("needs")}
    assert asking == endorsed


def test_calls_set_rules_and_criteria_that_the_platform_knows():
    for call in rows("calls"):
        assert set(call["rules"]) <= set(RuleCode)
        for code, value in call["rules"].items():
            CallRule(code=code, value=value).clean_fields(exclude=["call"])
        for criterion in call["criteria"]:
            Criterion(**criterion).clean_fields(exclude=["call"])
        assert [criterion["weight"] for criterion in call["criteria"]] == ["25"] * 4


@pytest.mark.parametrize("need", rows("needs"), ids=names)
def test_a_need_fits_its_model(need):
    TechNeed(**columns("needs", need)).clean_fields(exclude=["owner", "author"])
    for position, row in enumerate(need["indicators"]):
        Indicator(position=position, **row).clean_fields(exclude=["need"])
    assert need["unit"] in by_key("units")
    assert need["field"] in codes("fields")
    assert len(need["keywords"]) <= 5
    assert 150 <= len(need["main_problem"]) <= 400
    assert 100 <= len(need["key_technology"]) <= 300


@pytest.mark.parametrize("need", rows("needs"), ids=names)
def test_the_money_of_a_need_adds_up(need):
    budget, bounty, grant = (need.get(n) for n in ("total_budget", "bounty", "grant"))
    if budget and bounty:
        assert 0 < bounty <= budget
    if grant:
        assert grant * 100 <= budget * 30


@pytest.mark.parametrize("achievement", rows("achievements"), ids=names)
def test_an_achievement_fits_its_model(achievement):
    thing = Achievement(**columns("achievements", achievement))
    thing.clean_fields(exclude=["owner", "author"])
    assert achievement["unit"] in by_key("units")
    assert achievement["field"] in codes("fields")
    assert 120 <= len(achievement["summary"]) <= 300
    assert set(achievement.get("answers", ())) <= set(by_key("needs"))


def test_some_needs_have_good_answers_and_some_have_none():
    answered = {need for row in rows("achievements") for need in row.get("answers", ())}
    assert set(by_key("needs")) - answered == {
        "acid-fume", "bromate", "kitchen-waste", "optical-module", "tpu-haze",
    }  # fmt: skip


@pytest.mark.parametrize("solution", rows("solutions"), ids=names)
def test_a_solution_fits_its_model_and_answers_every_indicator(solution):
    need = by_key("needs")[solution["need"]]
    Proposal(**columns("solutions", solution)).clean_fields(exclude=["challenge", "lead", "author"])
    written = [name for name in REQUIRED if name not in BY_THE_STORY]
    assert [name for name in written if not solution.get(name)] == []
    assert 150 <= len(solution["technical_route"]) <= 400
    assert solution["asked_amount"] <= need["bounty"]
    assert len(solution["responses"]) == len(need["indicators"])
    for indicator, response in zip(need["indicators"], solution["responses"], strict=True):
        IndicatorResponse(**response).clean_fields(exclude=["proposal", "indicator"])
        assert ("text" in response) == (indicator["comparator"] == "text")


def test_a_unit_answers_a_need_once_and_never_its_own():
    pairs = [(solution["need"], solution["unit"]) for solution in rows("solutions")]
    assert sorted(pairs) == sorted(set(pairs))
    owners = {(need["key"], need["unit"]) for need in rows("needs")}
    assert owners.isdisjoint(pairs)


def test_solutions_come_from_verified_units():
    units = by_key("units")
    bidding = {units[row["unit"]].get("state", "verified") for row in rows("solutions")}
    assert bidding == {"verified"}
