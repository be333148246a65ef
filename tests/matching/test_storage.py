"""An index on disk: the same afterwards, whole or not there, refused when it cannot be read."""

import json

import pytest

from matching import Document, Index, IndexUnreadable, storage

TEXTS = {
    "a": {"title": "硫化物固态电解质连续成膜装备", "body": "面向固态电池的电解质薄膜"},
    "c": {"title": "锂离子电池热失控预警方法", "keywords": "电池，预警"},
}
QUERY = Document("?", {"title": "固态电池电解质", "body": "热失控"})


@pytest.fixture
def index():
    background = [Document("x", {"title": "电池"})]
    return Index.build([Document(key, fields) for key, fields in TEXTS.items()], background)


def test_an_index_is_the_same_after_it_lay_on_disk(index, tmp_path):
    index.save(tmp_path / "v1")
    opened = Index.open(tmp_path / "v1")
    assert (len(opened), "a" in opened, "b" in opened) == (2, True, False)
    assert opened.search(QUERY, floor=0) == index.search(QUERY, floor=0)
    found, expected = (each.changed([], ["a"]).search(QUERY, floor=0) for each in (opened, index))
    assert found == expected


def test_an_empty_index_can_lie_on_disk(tmp_path):
    Index.build([]).save(tmp_path / "v1")
    opened = Index.open(tmp_path / "v1")
    assert (len(opened), opened.search(QUERY).matches) == (0, ())
    assert len(opened.changed([Document("a", TEXTS["a"])])) == 1


def test_a_newer_index_shares_what_did_not_change_with_the_one_before(index, tmp_path):
    index.save(tmp_path / "v1")
    newer = Index.open(tmp_path / "v1").changed([Document("z", {"title": "电池"})], ["a"])
    newer.save(tmp_path / "v2")
    inodes = [(tmp_path / v / "0-documents.npy").stat().st_ino for v in ("v1", "v2")]
    assert inodes[0] == inodes[1]
    opened = Index.open(tmp_path / "v2")
    assert sorted(opened.vectors.places) == ["c", "z"]
    assert opened.search(QUERY, floor=0) == newer.search(QUERY, floor=0)


def test_a_newer_index_takes_the_place_of_an_older_one(index, tmp_path):
    index.save(tmp_path / "v1")
    still_open = Index.open(tmp_path / "v1")
    index.changed([], ["a"]).save(tmp_path / "v1")
    assert len(Index.open(tmp_path / "v1")) == 1
    assert still_open.search(QUERY, floor=0) == index.search(QUERY, floor=0)
    assert [path.name for path in tmp_path.iterdir()] == ["v1"], "nothing else is left"


@pytest.mark.parametrize("step", ["_write", "_sync"])
def test_a_save_that_fails_leaves_what_was_there(index, tmp_path, monkeypatch, step):
    index.save(tmp_path / "v1")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(storage, step, fail)
    with pytest.raises(OSError, match="disk full"):
        index.changed([], ["a"]).save(tmp_path / "v1")
    assert len(Index.open(tmp_path / "v1")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["v1"]


def _overwrite(path, content):
    path.write_bytes(content(path.read_bytes()))


def _retold(path, **told):
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | told), "utf-8")


DAMAGE = {
    "manifest gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut": lambda folder: _overwrite(folder / "manifest.json", lambda b: b[:5]),
    "manifest of another kind": lambda folder: _overwrite(
        folder / "manifest.json", lambda b: b"[]"
    ),
    "newer": lambda folder: _retold(folder / "manifest.json", format=99),
    "other word lists": lambda folder: _retold(folder / "manifest.json", fingerprint="other"),
    "cut short": lambda folder: _overwrite(folder / "0-postings.npy", lambda b: b[:-3]),
    "file gone": lambda folder: (folder / "0-keys.json").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_cannot_be_read_is_refused_with_the_reason(index, tmp_path, damage):
    folder = tmp_path / "v1"
    index.save(folder)
    DAMAGE[damage](folder)
    with pytest.raises(IndexUnreadable, match=folder.name):
        Index.open(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(IndexUnreadable, match="nowhere"):
        Index.open(tmp_path / "nowhere")
