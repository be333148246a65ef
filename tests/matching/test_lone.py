"""One ordinary word that two texts share, and nothing else, makes no match."""

from matching import Document, Index


def ask(title, **fields):
    return Document("?", {"title": title, **fields})


def test_one_ordinary_word_makes_no_match_and_is_named():
    index = Index.build([
        Document("window", {"title": "窗口玻璃辐射测量"}),
        Document("glass", {"title": "可折叠玻璃盖板", "body": "柔性显示面板所用的超薄玻璃。"}),
    ])  # fmt: skip
    query = Document("?", {"title": "柔性显示玻璃", "body": "用于可折叠手机的盖板。"})

    found = index.search(query, floor=0.01)
    window = index.explain(query, "window")

    assert [match.key for match in found.matches] == ["glass"]
    assert (window.lone, window.grade, window.score > 0.01) == ("玻璃", "weak", True)
    assert [match.lone for match in index.search(query, floor=0).matches] == ["", "玻璃"]
    alone = index.search(query, floor=0.01, only={"window"})
    assert (alone.matches, alone.best_below_floor.lone) == ((), "玻璃")


def test_an_ordinary_word_inside_a_longer_one_makes_no_match_either():
    index = Index.build([Document("window", {"title": "窗口玻璃辐射测量"})])
    query = Document("?", {"title": "柔性显示玻璃工艺", "body": "用于可折叠手机的盖板。"})

    window = index.explain(query, "window")
    shared = window.reasons[0]

    assert (shared.term, shared.kind, window.lone) == ("玻璃", "chars", "玻璃")
    assert index.search(query, floor=0.01).matches == ()


def test_who_asks_for_one_word_is_answered_by_it():
    index = Index.build([Document("window", {"title": "窗口玻璃辐射测量"})])
    assert [match.key for match in index.search(ask("玻璃"), floor=0.01).matches] == ["window"]


def test_matches_by_one_ordinary_word_take_no_places_from_others():
    many = [Document(f"g{n:02}", {"title": f"玻璃{n}"}) for n in range(30)]
    true = Document("true", {"title": "汽车风挡用夹层玻璃的柔性显示工艺与可折叠盖板成型"})
    index = Index.build([*many, true])
    query = Document("?", {"title": "柔性显示玻璃", "body": "用于可折叠手机的盖板。"})
    assert [match.key for match in index.search(query, k=2, floor=0.01).matches] == ["true"]
