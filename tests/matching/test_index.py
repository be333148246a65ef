"""Order, ties, reasons that add up, abstention, change and storage."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import FLOOR, Document, Index

TEXTS = {
    "a": {"title": "硫化物固态电解质连续成膜装备", "body": "面向固态电池的电解质薄膜，已通过中试"},
    "b": {
        "title": "碳化硅功率模块封装",
        "keywords": "SiC 功率模块",
        "body": "银烧结互连",
    },
    "c": {"title": "锂离子电池热失控预警方法", "body": "基于电压与温度的早期识别"},
    "d": {"title": "小麦种子休眠破除", "body": "低温层积处理"},
    "e": {"title": "永磁同步电机无传感器控制", "body": "滑模观测器估计转速"},
}


def documents(texts=TEXTS):
    return [Document(key, fields) for key, fields in texts.items()]


@pytest.fixture(scope="module")
def index():
    return Index.build(documents())


def ask(title, **fields):
    return Document("?", {"title": title, **fields})


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("高比能固态电池电解质制备技术", "a"),
        ("SiC模块封装", "b"),
        ("碳化硅功率模块可靠性", "b"),
        ("鋰離子電池熱失控", "c"),
        ("ＰＭＳＭ控制", "e"),
    ],
)
def test_the_right_one_comes_first_however_it_is_spelt(index, query, first):
    assert index.search(ask(query), floor=0).matches[0].key == first


@pytest.mark.parametrize("query", ["高比能固态电池电解质", "碳化硅功率模块", "电池"])
def test_reasons_add_up_to_the_score_and_the_score_is_the_products(index, query):
    found = ask(query, body="锂离子电池早期识别")
    wanted = index.vectors.asked(found).weights
    result = index.search(found, floor=0)
    assert result.matches
    for match in result.matches:
        offered = index.vectors.offered(index.fields(match.key))
        product = sum(
            weight * row.get(term, 0.0)
            for asked in wanted.values()
            for term, weight in asked.items()
            for row in offered.values()
        )
        assert math.isclose(sum(r.share for r in match.reasons), match.score, abs_tol=1e-12)
        assert math.isclose(product, match.score, abs_tol=1e-6)
        assert match.reasons[0].term != "其他" or len(match.reasons) == 1


def test_a_synonym_says_how_it_was_spelt(index):
    (top, *_) = index.search(ask("SiC功率模块"), floor=0).matches
    assert top.key == "b"
    assert {r.seen_as for r in top.reasons if r.kind == "synonym"} == {"SiC"}


def test_a_text_matches_itself_by_one():
    alone = Index.build([Document("a", {"title": "固态电池"})])
    (top,) = alone.search(ask("固态电池"), floor=0).matches
    assert (top.key, round(top.score, 6), top.grade) == ("a", 1.0, "strong")


def test_a_need_that_nobody_answers_gets_no_match_but_hears_what_came_nearest(index):
    result = index.search(ask("古籍修复用手工宣纸的研发及产业化"))
    assert result.matches == ()
    assert "宣纸" in "".join(result.missing)


def test_words_that_every_need_contains_carry_no_match(index):
    result = index.search(ask("关键技术研发及产业化应用"), floor=0)
    assert (result.matches, result.best_below_floor) == ((), None)


def test_the_nearest_below_the_floor_is_told(index):
    result = index.search(ask("电池回收"), floor=0.99)
    assert result.matches == ()
    assert result.best_below_floor.key in ("a", "c")


def test_what_a_match_never_mentions_is_named(index):
    (top, *_) = index.search(ask("固态电池电解质与石墨烯集流体"), floor=0).matches
    assert any("石墨烯" in word for word in top.missing)
    assert not any(word in "硫化物固态电解质连续成膜装备" for word in top.missing)


def test_ties_are_broken_by_key():
    same = Index.build([Document(key, {"title": "固态电池"}) for key in ("z", "m", "a")])
    found = [match.key for match in same.search(ask("固态电池"), floor=0).matches]
    assert found == ["a", "m", "z"]


def test_only_these_keys_are_considered_and_the_rest_keep_their_scores(index):
    everything = {m.key: m.score for m in index.search(ask("电池"), floor=0).matches}
    some = index.search(ask("电池"), floor=0, only={"c", "unknown"})
    assert [(m.key, m.score) for m in some.matches] == [("c", everything["c"])]
    assert index.search(ask("电池"), floor=0, only=set()).matches == ()
    others = index.search(ask("电池"), floor=0, without={"c", "unknown"})
    assert {m.key: m.score for m in others.matches} == {
        key: score for key, score in everything.items() if key != "c"
    }


def test_k_is_exact(index):
    query = ask("电池电机功率种子", body="电解质")
    whole = index.search(query, k=5, floor=0).matches
    for k in range(1, 5):
        assert index.search(query, k=k, floor=0).matches == whole[:k]


@pytest.mark.parametrize("query", [Document("?", {}), ask(""), ask("，。！")])
def test_an_empty_question_has_no_answer(index, query):
    assert index.search(query, floor=0).matches == ()


def test_an_empty_index_answers_nothing_and_grows():
    empty = Index.build([])
    assert (len(empty), empty.search(ask("电池")).matches) == (0, ())
    grown = empty.changed(documents())
    assert [m.key for m in grown.search(ask("种子休眠"), k=1, floor=0).matches] == ["d"]


def scores_of(index, query):
    return {m.key: m.score for m in index.search(query, k=50, floor=0).matches}


WORDS = ["固态电池", "碳化硅", "SiC", "功率模块", "种子", "热失控", "电机", "宣纸", "。", "的"]
FIELDS = st.dictionaries(
    st.sampled_from(["title", "keywords", "body"]),
    st.lists(st.sampled_from(WORDS), max_size=5).map("".join),
    max_size=3,
)
LIBRARY = st.dictionaries(st.sampled_from("abcdef"), FIELDS, max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(before=LIBRARY, upserts=LIBRARY, removals=st.sets(st.sampled_from("abcdef")), query=FIELDS)
def test_a_changed_index_equals_one_built_anew(before, upserts, removals, query):
    changed = Index.build(documents(before)).changed(documents(upserts), removals)
    wanted = {k: v for k, v in before.items() if k not in removals} | upserts
    anew = Index.build(documents(wanted))

    assert sorted(changed.vectors.places) == sorted(wanted)
    found, expected = (scores_of(each, Document("?", query)) for each in (changed, anew))
    assert found == pytest.approx(expected, abs=1e-6)


def test_many_small_changes_make_few_segments_and_the_same_answers():
    texts = {
        str(n): {"title": f"{word}{n % 7}号", "body": word} for n, word in enumerate(WORDS * 6)
    }
    grown = Index.build([])
    for document in documents(texts):
        grown = grown.changed([document])
    grown = grown.changed([], [str(n) for n in range(0, 60, 3)])
    wanted = {key: fields for key, fields in texts.items() if int(key) % 3}
    anew = Index.build(documents(wanted))
    assert len(grown.vectors.segments) <= 8
    assert (len(grown), len(anew)) == (40, 40)
    query = ask("碳化硅功率模块电机", body="种子热失控")
    assert scores_of(grown, query) == pytest.approx(scores_of(anew, query), abs=1e-6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(library=LIBRARY, query=FIELDS)
def test_every_score_is_above_nought_and_the_sum_of_its_reasons(library, query):
    index = Index.build(documents(library))
    for match in index.search(Document("?", query), k=50, floor=0).matches:
        assert match.score > 0
        assert math.isclose(sum(r.share for r in match.reasons), match.score, abs_tol=1e-9)


def test_a_pair_explained_is_the_match_that_a_search_returns(index):
    query = ask("SiC模块封装", body="锂离子电池")
    for match in index.search(query, floor=0).matches:
        assert index.explain(query, match.key) == match
    with pytest.raises(KeyError):
        index.explain(query, "unknown")


def test_signs_are_gathered_under_the_longest_shared_run(index):
    match = index.explain(ask("锂离子电池热失控研究"), "c")
    assert [reason.term for reason in match.reasons] == ["锂离子电池热失控"]


def test_one_sign_alone_is_no_reason_that_anybody_is_told():
    index = Index.build([Document("a", {"title": "350℃固化"}), Document("b", {"title": "种子"})])
    match = index.explain(ask("低于230℃"), "a")
    assert [(reason.term, reason.kind) for reason in match.reasons] == [("其他", "other")]


def test_what_the_background_is_full_of_weighs_less():
    texts = [Document("a", {"title": "激光焊接"}), Document("b", {"title": "激光熔覆"})]
    background = [Document(str(n), {"title": "焊接"}) for n in range(5000)]
    query = ask("焊接熔覆")
    plain, informed = (Index.build(texts, given) for given in (None, background))
    assert scores_of(informed, query)["a"] < scores_of(plain, query)["a"]
    assert len(informed) == 2
    anew = Index.build(texts[:1], background).changed(texts[1:])
    assert scores_of(anew, query) == pytest.approx(scores_of(informed, query), abs=1e-12)


def test_an_ordinary_word_carries_less_than_a_rare_one_even_in_a_small_library():
    index = Index.build([Document("a", {"title": "玻璃"}), Document("b", {"title": "溴酸盐"})])
    scores = scores_of(index, ask("玻璃与溴酸盐"))
    assert scores["a"] < scores["b"]


@pytest.mark.parametrize("need", ["超高纯石英玻璃制备技术", "百蕊草种子休眠破除技术研发"])
def test_one_ordinary_word_makes_no_match(need):
    index = Index.build([Document("a", {"title": "克服窗口玻璃影响的辐射测量方法"}), *documents()])
    assert [match.key for match in index.search(ask(need)).matches if match.key != "d"] == []


def test_the_floor_is_the_one_told(index):
    everything = index.search(ask("锂离子电池预警"), floor=0).matches
    expected = tuple(match for match in everything if match.score >= FLOOR)
    assert index.search(ask("锂离子电池预警")).matches == expected != ()


def test_a_term_only_the_title_has_is_told_as_the_titles():
    texts = [Document("a", {"title": "碳化硅外延"}), Document("b", {"title": "宣纸"})]
    (top,) = Index.build(texts).search(ask("碳化硅外延", body="缺陷密度"), floor=0).matches
    assert {(r.term, r.query_field, r.field) for r in top.reasons} == {
        ("碳化硅外延", "title", "title")
    }


def test_a_body_is_read_with_its_title_so_both_carry_the_same_thing_further(index):
    wanted = index.vectors.asked(ask("电池", body="电机")).weights
    assert set(wanted["title"]) == {"w:电池", "1:电", "1:池", "2:电池"}
    assert set(wanted["body"]) == {"w:电机", "1:电", "1:机", "2:电机"}
    alone = index.vectors.asked(Document("?", {"body": "电机"})).weights
    assert alone["title"] == {}
    assert set(alone["body"]) == {"w:电机", "1:电", "1:机", "2:电机"}


def test_common_words_are_one_reason_and_the_parts_add_up():
    document = Document("d", {"title": "钛合金", "body": "有效的钛合金研究方法及其应用。"})
    index = Index.build([document])
    match = index.explain(Document("?", {"title": "钛合金", "body": "钛合金研究方法"}), "d")
    common = [reason for reason in match.reasons if reason.kind == "common"]
    assert [reason.term for reason in common] == ["常用字词"]
    assert sum(reason.share for reason in match.reasons) == pytest.approx(match.score, abs=1e-9)
