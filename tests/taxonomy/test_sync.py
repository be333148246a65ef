"""The tables say what the file says, however often it is said."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from jiebang.taxonomy import queries, services
from jiebang.taxonomy.models import ChainNode, District, FieldName, IndustryChain, TechField

pytestmark = pytest.mark.django_db

SMALL = """
districts = [
  {{ code = "d1", name = "{town}", kind = "town" }},
]
[[fields]]
code = "f"
name = "材料"
children = [{branches}]
[[chains]]
code = "c"
name = "新链"
nodes = [{{ code = "n1", name = "环节", stage = "upstream" }}]
"""
POLYMER = '{ code = "f-1", name = "高分子", aliases = ["塑料"] }'
METAL = '{ code = "f-2", name = "金属" }'


def say(path, *branches, town="甲镇"):
    path.write_text(SMALL.format(town=town, branches=", ".join(branches)), encoding="utf-8")
    return services.sync(path)


def changes(counts):
    return [(count.created, count.changed, count.retired, count.in_use) for count in counts]


def test_the_file_of_the_platform_fills_the_tables():
    counts = services.sync()
    tables = [District, TechField, IndustryChain, ChainNode]
    assert changes(counts) == [(n, 0, 0, n) for n in (table.objects.count() for table in tables)]


def test_the_city_has_32_towns():
    services.sync()
    assert District.objects.filter(kind=District.Kind.TOWN).count() == 32


def test_the_tree_has_two_levels_with_three_to_eight_branches_each():
    services.sync()
    assert TechField.objects.filter(parent__parent__isnull=False).count() == 0
    sizes = [len(top.children.all()) for top in queries.field_tree()]
    assert [size for size in sizes if not 3 <= size <= 8] == []


def test_saying_it_twice_changes_nothing(tmp_path):
    say(tmp_path / "t.toml", POLYMER, METAL)
    before = list(TechField.objects.values()), list(FieldName.objects.values())
    assert changes(say(tmp_path / "t.toml", POLYMER, METAL)) == [
        (0, 0, 0, 1),
        (0, 0, 0, 3),
        (0, 0, 0, 1),
        (0, 0, 0, 1),
    ]
    assert (list(TechField.objects.values()), list(FieldName.objects.values())) == before


def test_a_row_is_known_by_its_code_and_keeps_its_key_under_a_new_name(tmp_path):
    say(tmp_path / "t.toml", POLYMER)
    key = District.objects.get().pk
    assert changes(say(tmp_path / "t.toml", POLYMER, town="乙镇"))[0] == (0, 1, 0, 1)
    assert District.objects.values_list("pk", "name").get() == (key, "乙镇")


def test_a_line_taken_out_retires_its_row_and_deletes_nothing(tmp_path):
    say(tmp_path / "t.toml", POLYMER, METAL)
    assert changes(say(tmp_path / "t.toml", POLYMER))[1] == (0, 0, 1, 2)
    assert TechField.objects.values_list("active", flat=True).get(code="f-2") is False
    assert queries.find_field("金属") is None
    assert [list(top.children.all()) for top in queries.field_tree()] == [
        [TechField.objects.get(code="f-1")]
    ]


def test_a_line_that_comes_back_is_in_use_again(tmp_path):
    say(tmp_path / "t.toml", POLYMER, METAL)
    key = TechField.objects.get(code="f-2").pk
    say(tmp_path / "t.toml", POLYMER)
    assert changes(say(tmp_path / "t.toml", POLYMER, METAL))[1] == (0, 1, 0, 3)
    assert queries.find_field("金属").pk == key


def test_the_name_of_a_retired_row_can_go_to_a_new_code(tmp_path):
    say(tmp_path / "t.toml", METAL)
    say(tmp_path / "t.toml", METAL.replace("f-2", "f-9"))
    assert queries.find_field("金属").code == "f-9"


def test_one_name_for_two_fields_is_refused_and_changes_nothing(tmp_path):
    say(tmp_path / "t.toml", POLYMER)
    before = list(TechField.objects.values()), list(FieldName.objects.values())
    with pytest.raises(ValueError, match="塑料 names both f-1 and f-2"):
        say(tmp_path / "t.toml", POLYMER, '{ code = "f-2", name = "金属", aliases = ["塑料"] }')
    assert (list(TechField.objects.values()), list(FieldName.objects.values())) == before


def test_a_field_in_use_cannot_be_deleted_under_its_branches(tmp_path):
    say(tmp_path / "t.toml", POLYMER)
    with pytest.raises(ProtectedError):
        TechField.objects.get(code="f").delete()
    assert TechField.objects.count() == 2


def test_the_database_refuses_two_active_districts_of_one_name():
    District.objects.create(code="a", name="甲镇", kind="town")
    with pytest.raises(IntegrityError), transaction.atomic():
        District.objects.create(code="b", name="甲镇", kind="town")
    assert District.objects.count() == 1


def test_the_command_says_in_chinese_what_it_did():
    out = StringIO()
    call_command("sync_taxonomy", stdout=out, skip_checks=True)
    towns = District.objects.count()
    first = out.getvalue().splitlines()[0]
    assert first == f"镇街（园区）：新增 {towns}，更新 0，停用 0，在用 {towns}"
