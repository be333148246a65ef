"""Word lists that a bureau edits: read, changed, and an index made by each."""

import pytest

from matching import Document, Index, IndexUnreadable, Lexicon, normalise, phrases, shipped, using

TEXTS = [
    Document("a", {"title": "类脑芯片的存算架构"}),
    Document("b", {"title": "神经形态处理器设计"}),
    Document("c", {"title": "电机控制"}),
]


def cut(text, lexicon=None):
    with using(lexicon):
        return [word for phrase in phrases(text) for word in phrase]


def test_the_lists_that_come_with_the_matcher_are_used_unless_others_are():
    other = Lexicon(variants=(("碳化硅", "金刚砂"),))
    with using(other):
        assert normalise("碳化硅") == "金刚砂"
    assert normalise("SiC") == "碳化硅"


def test_an_empty_lexicon_folds_nothing():
    with using(Lexicon()):
        assert normalise("SiC功率模块") == "sic功率模块"


def test_entries_come_and_go_without_touching_the_lists_they_are_made_from():
    before = shipped().fingerprint
    changed = shipped().changed(
        terms=["忆阻阵列"], variants={"神经形态处理器": "类脑芯片"}, stopwords=["架构"]
    )
    assert cut("忆阻阵列架构") != cut("忆阻阵列架构", changed) == ["忆阻阵列"]
    gone = changed.changed(without=["忆阻阵列", "架构", "类脑芯片"])
    assert cut("忆阻阵列架构", gone) == cut("忆阻阵列架构")
    assert (shipped().fingerprint, gone.fingerprint) == (before, before)
    assert changed.fingerprint != before


def test_a_synonym_of_an_edited_lexicon_matches_and_says_so():
    edited = shipped().changed(variants={"神经形态处理器": "类脑芯片"})
    query = Document("?", {"title": "类脑芯片"})
    plain, taught = (Index.build(TEXTS, lexicon=each) for each in (None, edited))
    assert [m.key for m in plain.search(query, floor=0).matches] == ["a"]
    found = {m.key: m for m in taught.search(query, floor=0).matches}
    assert set(found) == {"a", "b"}
    assert [(r.kind, r.seen_as) for r in found["b"].reasons] == [("synonym", "神经形态处理器")]
    assert taught.explain(query, "b") == found["b"]


def test_an_index_is_opened_with_the_lists_it_was_made_with_or_not_at_all(tmp_path):
    edited = shipped().changed(terms=["存算"])
    Index.build(TEXTS, lexicon=edited).save(tmp_path / "v1")
    with pytest.raises(IndexUnreadable, match="made by"):
        Index.open(tmp_path / "v1")
    opened = Index.open(tmp_path / "v1", edited)
    assert opened.lexicon is edited
    grown = opened.changed([Document("d", {"title": "存算"})])
    assert grown.lexicon is edited
    assert len(grown) == 4
