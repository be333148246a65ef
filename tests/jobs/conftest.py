"""A broker that keeps what it was sent, and handlers of the test's own."""

import pytest

from jiebang.jobs import services
from jiebang.jobs.registry import HANDLERS


class Broker:
    """Stands in for Celery: remembers the keys of the jobs it was to wake workers for."""

    def __init__(self):
        self.sent, self.is_down = [], False

    def send_task(self, name, args, **options):
        if self.is_down:
            raise OSError("no broker")
        assert (name, options) == ("jobs.run", {"retry": False})
        self.sent += args


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    monkeypatch.setattr(services, "current_app", broker)
    return broker


@pytest.fixture
def handler(monkeypatch):
    """Let a function do the jobs named `test.work`."""

    def use(function):
        monkeypatch.setitem(HANDLERS, "test.work", function)

    return use


@pytest.fixture
def ask(broker):
    """Queue a job named `test.work`."""

    def queue(key="one", **args):
        return services.enqueue(name="test.work", key=key, title="样例任务", **args)

    return queue
