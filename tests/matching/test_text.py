"""From a text to its terms, and back to where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import normalise, spans
from matching.text import characters, runs, terms, words


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("ＳｉＣ功率器件", "碳化硅功率器件"),
        ("碳化矽功率器件", "碳化硅功率器件"),
        ("Micro LED显示", "MicroLED显示"),
        ("Micro-LED显示", "MICROLED显示"),
        ("軟體定義汽車", "软件定义汽车"),
        ("PCB钻孔", "印制电路板钻孔"),
        ("AGV调度", "自动导引车调度"),
    ],
)
def test_spellings_of_one_thing_are_one(written, alike):
    assert normalise(written) == normalise(alike)
    assert terms(written) == terms(alike)


@pytest.mark.parametrize("text", ["basic method", "musicians", "classic"])
def test_a_latin_variant_is_folded_only_where_it_stands_alone(text):
    assert normalise(text) == text


def test_long_words_are_cut_into_their_parts_as_well():
    assert {"固态", "电池", "固态电池"} >= set(words("固态电池")) >= {"电池"}
    assert "功率器件" in words("碳化硅功率器件") or "器件" in words("碳化硅功率器件")


def test_what_every_need_says_is_no_term():
    assert words("关键技术研发及产业化") == ()
    assert characters("关键技术研发及产业化") == []


def test_punctuation_and_blanks_are_no_terms_and_break_runs():
    assert runs("高镍、三元。正极") == ("高镍", "三元", "正极")
    assert "镍三" not in characters("高镍、三元")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100mAh", {"100mah", "mah"}),
        ("LoRa网关", {"lora"}),
        ("RS485", {"rs485"}),
        ("3.5", set()),
        ("5V", {"5v"}),
    ],
)
def test_numbers_with_units_and_model_codes_are_kept(text, found):
    assert {w for w in words(text) if w.isascii()} == found


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("ＳｉＣ器件与碳化硅衬底", ["碳化硅"], ["ＳｉＣ", "碳化硅"]),
        ("固態電池的電解質", ["固态电池", "电解质"], ["固態電池", "電解質"]),
        ("锂离子电池与电池", ["电池", "锂离子电池"], ["锂离子电池", "电池"]),
        ("basic SIC", ["碳化硅"], ["SIC"]),
        ("没有", ["碳化硅"], []),
    ],
)
def test_terms_are_found_in_the_original_text_in_whatever_spelling(text, wanted, shown):
    found = spans(text, wanted)
    assert [text[start:end] for start, end, _ in found] == shown
    assert all(term in wanted for _, _, term in found)


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_spans_never_overlap_and_lie_within_the_text(text, wanted):
    end_before = 0
    for start, end, term in spans(text, wanted):
        assert end_before <= start < end <= len(text)
        assert term in wanted
        end_before = end


@given(st.text(max_size=80))
def test_any_text_can_be_cut(text):
    assert all(term[:2] in ("w:", "c:") and term[2:] for term in terms(text))
