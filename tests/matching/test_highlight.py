"""Back from terms to where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import spans
from matching.highlight import as_written


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("ＳｉＣ器件与碳化硅衬底", ["碳化硅"], ["ＳｉＣ", "碳化硅"]),
        ("固態電池的電解質", ["固态电池", "电解质"], ["固態電池", "電解質"]),
        ("锂离子电池与电池", ["电池", "锂离子电池"], ["锂离子电池", "电池"]),
        ("SiC功率模块", ["碳化硅功率模块"], ["SiC功率模块"]),
        ("锂电池与磷酸铁锂电池", ["锂电池"], ["锂电池"]),
        ("軟體與資料庫", ["软件", "数据库"], ["軟體", "資料庫"]),
        ("行動電話的資訊安全", ["信息安全"], ["資訊安全"]),
        ("Micro LED和MICRO-LED", ["microled"], ["Micro LED", "MICRO-LED"]),
        ("basic SIC", ["碳化硅"], ["SIC"]),
        ("没有", ["碳化硅", "", " "], []),
    ],
)
def test_terms_are_found_in_the_original_text_in_whatever_spelling(text, wanted, shown):
    found = spans(text, wanted)
    assert [text[start:end] for start, end, _ in found] == shown
    assert all(term in wanted for _, _, term in found)


def test_a_folded_term_is_told_as_it_is_written():
    assert as_written("ＳｉＣ器件，PCB") == {"碳化硅": "ＳｉＣ", "印制电路板": "PCB"}


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_spans_never_overlap_and_lie_within_the_text(text, wanted):
    end_before = 0
    for start, end, term in spans(text, wanted):
        assert end_before <= start < end <= len(text)
        assert term in wanted
        end_before = end


@given(st.text(alphabet="固態電池資訊軟體的矽SiC 。行動電話", max_size=30))
def test_a_text_of_any_script_is_found_in_itself(text):
    whole = text.strip()
    if whole:
        assert spans(whole, [whole])[0][:1] == (0,)
