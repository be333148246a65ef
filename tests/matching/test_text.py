"""From a text to its terms."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching import normalise
from matching.text import key, names, phrases, terms


def words(text):
    return {term[2:] for term in terms(text) if term.startswith("w:")}


def characters(text):
    return [term[2:] for term in terms(text) if not term.startswith("w:")]


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
        ("3D 打印", "增材制造"),
        ("晶片封裝", "芯片封装"),
    ],
)
def test_spellings_of_one_thing_are_one(written, alike):
    assert normalise(written) == normalise(alike)
    assert terms(written) == terms(alike)


@pytest.mark.parametrize("text", ["basic method", "musicians", "classic", "支持向量机的核心算法"])
def test_what_only_looks_like_a_variant_is_left_as_it_is(text):
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("磷酸铁锂电池与锂电池", "磷酸铁锂电池与锂离子电池"),
        ("柔性线路板和线路板", "柔性电路板和印制电路板"),
        ("碳化矽", "碳化硅"),
    ],
)
def test_a_longer_term_shields_what_stands_in_it(text, normal):
    assert normalise(text) == normal
    assert normalise(normal) == normal


def test_terms_are_words_signs_and_pairs_of_signs():
    assert terms("碳化硅功率") == [
        *("w:碳化硅", "w:功率"),
        *("1:碳", "1:化", "1:硅", "1:功", "1:率"),
        *("2:碳化", "2:化硅", "2:硅功", "2:功率"),
    ]


def test_each_term_has_a_number_of_its_own():
    found = set(terms("碳化硅功率模块银烧结互连 SiC 100mAh")) | {"w:碳", "1:碳", "2:碳"}
    assert len({key(term) for term in found}) == len(found)
    found |= set(terms("有效的研究"))
    assert {key(term) >> 62 for term in found} == {0, 1, 2, 3}


def test_what_every_need_says_is_common_and_nothing_else():
    assert list(phrases("关键技术研发及产业化")) == []
    common = "关键技术 及 产业化 关键 键技 技术 术研 研发 发及 及产 产业 业化"
    assert terms("关键技术研发及产业化") == [f"0:{term}" for term in common.split()]


def test_pairs_that_touch_a_common_word_are_common_and_no_others():
    common = [term[2:] for term in terms("碳化硅的研究，功率模块") if term.startswith("0:")]
    assert common == ["的", "硅的", "的研", "研究"]


def test_a_word_that_says_nothing_is_left_out_as_a_word_not_as_signs():
    assert list(phrases("等离子体系统在线监测")) == [("等离子体",), ("在线", "监测")]


def test_punctuation_and_blanks_are_no_terms_and_break_phrases():
    assert list(phrases("高镍、三元。正极")) == [("高", "镍"), ("三元",), ("正极",)]
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
    assert {word for word in words(text) if word.isascii()} == found


def test_unknown_words_are_named_whole():
    (phrase,) = phrases("推舟式")
    assert names(phrase) == ["推舟式"]
    assert names(("锂", "电池", "3.5")) == ["电池"]


@given(st.text(max_size=80))
@example("或")
def test_any_text_can_be_cut(text):
    assert all(term[:2] in ("w:", "1:", "2:", "0:") and term[2:] for term in terms(text))


@given(st.text(alphabet="锂电池三元材料全固态半SiCLED -微型線路板矽", max_size=20))
def test_a_normal_text_is_cut_as_the_text_itself(text):
    assert terms(normalise(text)) == terms(text)
