"""kill -9 of the web server amid a hundred submissions: every receipt given out is there, whole."""

import base64
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.places import ROOT, environment

KILLED_AFTER = 30  # receipts


@pytest.fixture
def place(tmp_path):
    """An installation of its own, with its database and nothing else."""
    env = environment() | {
        "JIEBANG_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "jiebang.settings.embedded",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }
    env.pop("DATABASE_URL", None)
    Path(tmp_path, "vendor").symlink_to(ROOT / "var" / "vendor")
    return env


def asked(env, what):
    command = [sys.executable, "-m", "tests.proposals.killing", what]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class Server:
    """gunicorn as `make run` has it, in a process group that can be killed as one."""

    def __init__(self, env):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        command = [
            sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4",
            "-b", self.address, "jiebang.wsgi",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://{self.address}/api/v1/calls/", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not answer")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def hand_in(self, token, bid, paper):
        """Attach a paper and hand the bid in; return what the last answer said.

        A receipt is its number, its digest and the papers' hashes; a refusal its code; None where
        nobody answered.
        """
        body = paper + f"\n%{bid}\n".encode()  # every bid's paper has a hash of its own
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{bid}.pdf"\r\n\r\n'
        rest = "".join(
            f'\r\n--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
            for name, value in (("holder", "proposal"), ("thing", bid), ("slot", "plan"))
        )
        sent = head.encode() + body + f"{rest}\r\n--x--\r\n".encode()
        kept = self._post(token, "attachments/", sent, "multipart/form-data; boundary=x")
        if kept is None or kept.get("code", "file_there_already") != "file_there_already":
            return kept and kept["code"]
        path = f"proposals/{bid}/moves/"
        done = self._post(token, path, b'{"action": "submit"}', "application/json")
        if done is None or "code" in done:
            return done and done["code"]
        (receipt,) = done["receipts"]
        return [receipt["number"], receipt["digest"], [hashlib.sha256(body).hexdigest()]]

    def _post(self, token, path, data, media):
        request = urllib.request.Request(
            f"http://{self.address}/api/v1/{path}",
            data=data,
            headers={"Authorization": f"Token {token}", "Content-Type": media},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.load(refusal)
        except (OSError, ValueError, http.client.HTTPException):  # cut off, before or amid it
            return None


def test_every_receipt_given_out_before_kill_minus_nine_is_there_and_no_bid_is_half(place):
    city = asked(place, "prepare")
    token, bids, paper = city["token"], city["bids"], base64.b64decode(city["paper"])
    server, told, enough = Server(place), {}, threading.Event()

    def run(bid):
        answer = server.hand_in(token, bid, paper)
        told[bid] = answer
        if sum(isinstance(each, list) for each in list(told.values())) >= KILLED_AFTER:
            enough.set()

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(run, bid) for bid in bids]
        assert enough.wait(300)
        server.kill()
        for each in waiting:
            each.result()

    stands = asked(place, "check")
    assert stands["broken"] == 0
    given = {bid: answer for bid, answer in told.items() if isinstance(answer, list)}
    assert KILLED_AFTER <= len(given) < len(bids)
    assert {answer for answer in told.values() if not isinstance(answer, list)} == {None}
    for bid in bids:
        state, version, entries, receipts = stands["bids"][str(bid)]
        if bid in given:
            assert (state, version, entries, receipts) == ("submitted", 1, 1, [given[bid]])
        else:  # whole or not at all, though nobody was told
            half = (state, version, entries, len(receipts))
            assert half in {("submitted", 1, 1, 1), ("draft", 0, 0, 0)}

    # The server comes back, and whoever had no answer asks again and has one.
    server = Server(place)
    try:
        for bid in set(bids) - set(given):
            answer = server.hand_in(token, bid, paper)
            there = stands["bids"][str(bid)][0] == "submitted"  # then its files are locked
            said = "receipt" if isinstance(answer, list) else answer
            assert said == ("not_in_progress" if there else "receipt")
    finally:
        server.kill()
    done = asked(place, "check")
    assert {row[0] for row in done["bids"].values()} == {"submitted"}
    assert done["broken"] == 0
