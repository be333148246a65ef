"""What the reference data answers."""

import pytest

from jiebang.taxonomy import queries, services
from jiebang.taxonomy.models import District, TechField


@pytest.fixture(autouse=True)
def _taxonomy(db):
    services.sync()


# The names that lists in the wild write into their field column, and where they belong.
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ic-power", "ic-power"),
        ("半导体及集成电路", "ic"),
        ("半导体及集成电路材料", "ic-material"),
        ("新一代信息技术", "electronics"),
        ("新一代通信与网络", "electronics-communication"),
        ("电子元器件", "electronics-component"),
        ("新型显示", "display"),
        ("新型显示与光电", "display"),
        ("智能机器人及高端装备", "equipment"),
        ("新材料", "material"),
        ("新能源与节能", "energy"),
        ("新能源与储能", "energy"),
        ("生物医药", "bio"),
        ("节能环保", "environment"),
        ("软件与人工智能", "software"),
        ("人工智能与软件", "software"),
        ("食品与农业", "food"),
        ("科技管理与成果转化", "service-transfer"),
        ("新材料领域", "material"),
        ("micro led", "display-led"),
        ("ＭｉｃｒｏＬＥＤ", "display-led"),
        ("生物醫藥", "bio"),
    ],
)
def test_a_field_is_found_by_code_and_by_the_names_people_use(name, code):
    assert queries.find_field(name).code == code


@pytest.mark.parametrize("name", ["", "   ", "占星术", "IC-POWERS"])
def test_a_name_that_means_no_field_finds_none(name):
    assert queries.find_field(name) is None


def test_fields_under_a_top_field_are_itself_and_its_branches():
    top = TechField.objects.get(code="ic")
    expected = {top.pk, *top.children.values_list("pk", flat=True)}
    assert queries.fields_under("ic") == expected


def test_fields_under_a_branch_are_the_branch_alone():
    assert queries.fields_under("ic-power") == {TechField.objects.get(code="ic-power").pk}


def test_fields_under_an_unknown_code_are_none():
    assert queries.fields_under("no-such-field") == set()


@pytest.mark.parametrize(
    ("ask", "parts", "count"),
    [(queries.field_tree, "children", 2), (queries.chains, "nodes", 2)],
)
def test_a_tree_costs_two_queries_whatever_its_size(ask, parts, count, django_assert_num_queries):
    with django_assert_num_queries(count):
        assert all(list(getattr(top, parts).all()) for top in ask())


def test_a_field_tells_its_full_name_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queries.find_field("碳化硅").full_name == "半导体及集成电路 / 第三代半导体与功率器件"


def test_retired_districts_are_not_offered():
    District.objects.filter(code="441900102").update(active=False)
    assert "石龙镇" not in [district.name for district in queries.districts()]
    assert queries.districts().count() == District.objects.count() - 1
