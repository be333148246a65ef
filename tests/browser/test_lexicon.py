"""The dictionary desk in a real browser: a word, its trial, its version, and the way back."""

import pytest
from playwright.sync_api import expect

from jiebang.lexicons.models import Choice
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine
from jiebang.recommendations import services as matches
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def need(settings, tmp_path):
    settings.MATCH_INDEX_DIR = tmp_path / "index"
    unit = make.make_university()
    make.make_achievement(
        unit, title="神经形态处理器设计", keywords="", summary="神经形态处理器版图。"
    )
    need = make.make_need(
        NeedState.IN_LIBRARY, owner=make.make_unit(), title="类脑芯片", keywords="类脑芯片"
    )
    matches.refresh_all()
    yield need
    engine._opened.clear()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_synonym_is_tried_published_applied_and_taken_back(browse, do_jobs, need, width):
    officer = make.make_officer()
    person = browse(officer, width)
    page = person.page
    page.goto("/officer/lexicon/")
    page.get_by_label("同义词", exact=True).check()
    page.fill("#word-word", "神经形态处理器")
    page.fill("#word-canonical", "类脑芯片")
    page.fill("#word-why", "同物异名")
    page.get_by_role("button", name="加入草稿").click()
    person.sees("“神经形态处理器 → 类脑芯片”已加入草稿")

    page.fill("[name=sentence]", "神经形态处理器研制")
    page.fill("[name=need]", need.number)
    page.get_by_role("button", name="比较").click()
    expect(page.locator("[data-cut] dd").nth(1)).to_contain_text("类脑芯片")
    expect(page.locator("[data-moved]")).to_contain_text("新列入")

    page.fill("#publish-why", "补充类脑芯片的说法")
    page.get_by_role("button", name="发布为新版本").click()
    person.sees("完成前仍按原版本匹配")
    expect(page.locator(".job")).to_contain_text("按新词典重建索引")
    do_jobs()
    page.goto("/officer/lexicon/")
    person.sees("正在使用：第 1 版")

    page.get_by_text("退回内置词典").click()
    page.fill("#why-0", "误切")
    page.get_by_role("button", name="退回", exact=True).click()
    person.sees("正在退回内置词典")
    do_jobs()
    page.goto("/officer/lexicon/")
    person.sees("正在使用：内置词典")
    assert [choice.back for choice in Choice.objects.order_by("pk")] == [False, True]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
