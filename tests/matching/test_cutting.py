"""Compiled cutting gives jieba's words, sign for sign."""

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cutting import Cutter
from matching.lexicon import shipped
from matching.text import dictionary, plain

LEXICON = sorted(map(plain, shipped().terms))
TALK = (
    "面向固态电池的硫化物电解质连续成膜装备研究生命起源南京市长江大桥结婚的和尚未结婚的中文分词"
    "乒乓球拍卖完了他说的确实在理永磁同步电机无传感器控制算法仿真"
)


@pytest.fixture(scope="module")
def usual():
    words, total = dictionary()
    plainly = jieba.Tokenizer()
    plainly.FREQ, plainly.total, plainly.initialized = dict(words), total, True
    return plainly, Cutter(words, total)


@pytest.fixture(scope="module")
def enlarged(usual):
    plainly, cutter = usual
    more = jieba.Tokenizer()
    more.FREQ, more.total, more.initialized = plainly.FREQ.copy(), plainly.total, True
    for term in LEXICON:
        more.add_word(term)
    return more, cutter.changed({term: more.FREQ[term] for term in LEXICON}, more.total)


def cut(cutter, text):
    ends = cutter.ends(text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


SOME_SIGNS = st.text(alphabet=sorted(set(TALK + "㐀䶿龦鿿的一")), max_size=40)
ANY_SIGNS = st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=20)
OF_WORDS = st.lists(st.sampled_from(LEXICON), max_size=6).map(
    lambda terms: "".join(sign for term in terms for sign in term if "一" <= sign <= "鿕")
)


@pytest.mark.parametrize("which", ["usual", "enlarged"])
@settings(deadline=None)
@given(text=SOME_SIGNS | ANY_SIGNS | OF_WORDS)
def test_the_words_are_jiebas(which, text, request):
    theirs, ours = request.getfixturevalue(which)
    assert cut(ours, text) == list(theirs.cut(text, HMM=False))


def test_every_word_of_the_dictionary_beside_its_neighbour_is_cut_alike(usual):
    theirs, ours = usual
    words = [word for word in theirs.FREQ if all("一" <= sign <= "鿕" for sign in word)][::97]
    text = "".join(words)
    assert cut(ours, text) == list(theirs.cut(text, HMM=False))
    assert len(text) > 5000


def test_other_signs_stand_alone_and_keep_words_apart(usual):
    assert cut(usual[1], "电a池，电池\n") == ["电", "a", "池", "，", "电池", "\n"]
    assert cut(usual[1], "") == []
    assert cut(usual[1], "\ud800电池") == ["\ud800", "电池"]


def test_a_changed_cutter_leaves_the_older_one_as_it_was(usual):
    _, cutter = usual
    other = cutter.changed({"池电池电": 10**6}, 10**7)
    assert cut(other, "池电池电") == ["池电池电"]
    assert cut(cutter, "池电池电") == ["池", "电池", "电"]
