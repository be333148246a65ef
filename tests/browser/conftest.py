"""A real Chromium against the live server; skipped, and said so, where there is none."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from jiebang import celery_app
from jiebang.jobs.models import Job
from jiebang.jobs.tasks import run
from tests.factories import PASSWORD

# What a refused form answers is reported by the console, and by htmx where it had sent the form.
REFUSED = ("status of 4", "Response Status Error Code 4")

# How long a page may take, in milliseconds: a busy machine is slow, and that is no fault.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

# Playwright keeps an event loop in this thread; Django would take our queries for async ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser of their own; every page must load without an error of any script."""

    def __init__(self, browser, address, width=1440):
        self.context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message):
        if message.type == "error" and not any(said in message.text for said in REFUSED):
            self.errors.append(message.text)

    def sign_in(self, user):
        self.page.goto("/sign-in/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/desk/")
        return self

    def forge(self, path, **data):
        """Post what no button of the page offers now, as somebody would who wrote it by hand."""
        cookies = {each["name"]: each["value"] for each in self.context.cookies()}
        return self.page.request.post(
            path, form=data, headers={"X-CSRFToken": cookies["csrftoken"]}, max_redirects=0
        )

    def sees(self, text):
        expect(self.page.get_by_text(text).first).to_be_visible()


@pytest.fixture
def browse(chromium, live_server):
    """Return a way to sit people down at browsers."""
    people = []

    def sit(user=None, width=1440):
        person = Person(chromium, live_server.url, width)
        people.append(person)
        return person.sign_in(user) if user else person

    yield sit
    errors = [error for person in people for error in person.errors]
    for person in people:
        person.context.close()
    assert errors == []


@pytest.fixture
def do_jobs():
    """Return a way to do what is queued, as the worker does."""

    celery_app.loader.import_default_modules()  # as a worker does: the handlers register then

    def work():
        while waiting := list(Job.objects.filter(state="queued").values_list("pk", flat=True)):
            for pk in waiting:
                run(pk)

    return work
