"""The folder that serves as broker: what is read is whole, and comes in order."""

import json

import pytest
from kombu import Connection

from jiebang.common import broker as folder

# Kombu remembers, for the whole process, which queues were bound: each test names its own.


@pytest.fixture
def broker(tmp_path):
    """A connection to a folder of its own."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection


def test_the_folder_of_the_settings_is_this_one(broker):
    assert type(broker.transport) is folder.Transport


def test_messages_come_in_the_order_they_were_sent(broker, tmp_path):
    queue = broker.SimpleQueue("in-order")
    for number in range(5):
        queue.put({"number": number})

    received = [queue.get_nowait() for _ in range(5)]
    for message in received:
        message.ack()

    assert [message.payload for message in received] == [{"number": n} for n in range(5)]
    assert list((tmp_path / "queue").iterdir()) == []
    queue.close()


def test_who_looks_while_another_writes_sees_nothing_yet(broker, monkeypatch):
    queue, whole = broker.SimpleQueue("whole"), []
    rename = folder.os.replace

    def look_first(source, target):
        with pytest.raises(queue.Empty):
            queue.get_nowait()
        whole.append(json.loads(source.read_text("utf-8"))["headers"])
        rename(source, target)

    monkeypatch.setattr(folder.os, "replace", look_first)
    queue.put({"text": "揭榜"}, headers={"id": "1"})

    assert whole == [{"id": "1"}]
    message = queue.get_nowait()
    message.ack()
    assert message.payload == {"text": "揭榜"}
    queue.close()
