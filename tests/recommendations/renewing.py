"""Run as a program: renews an index in children that are killed at random moments.

Prints one line for each death: which step the index stands at, or what is wrong with it.
"""

import os
import random
import signal
import sys
import time
import warnings

import django

KIND, DEATHS = "achievement", 50
PARTS = ("固态电池", "碳化硅", "轴承", "涂层", "激光", "机器人", "传感器", "齿轮")


def library(step):
    """Return the documents that stand in the database at a step: they come, change and go."""
    numbers = [number for number in range(max(step, 0) % 7, step + 32) if (number + step) % 5]
    return {
        f"d{number}": f"{PARTS[number % 8]}{PARTS[(number + step // 9) % 8]}第{number}号"
        for number in numbers
    }


def main():
    """Kill, open, compare, go on."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiebang.settings.test"
    django.setup()
    # Imported here, for they need Django set up.
    from jiebang.recommendations import engine  # noqa: PLC0415
    from matching import Document, Index  # noqa: PLC0415

    def documents(step):
        return [(Document(key, {"title": t}), t) for key, t in library(step).items()]

    def answers(index):
        query = Document("?", {"title": "固态电池碳化硅涂层", "body": "机器人用传感器与轴承"})
        found = index.search(query, k=50, floor=0).matches
        return {match.key: match.score for match in found}

    for step in range(-20, 1):  # compiled before anything is killed
        engine._opened.clear()
        answers(engine.renew(KIND, documents(step)).index)
    chance, step = random.Random(7), 0  # noqa: S311
    for _ in range(DEATHS):
        engine._opened.clear()
        done, tell = os.pipe()
        child = os.fork()
        if child == 0:
            while True:
                step += 1
                engine.renew(KIND, documents(step))
                os.write(tell, b".")
        os.close(tell)
        for _ in range(chance.choice((0, 1, 2))):
            os.read(done, 1)  # so that there is work between the kills, however slow it goes
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(done)

        shelf = engine.current(KIND)
        standing = [n for n in range(step, step + 500) if library(n) == dict(shelf.digests)]
        if not standing:
            print("no step:", sorted(shelf.digests))
            continue
        (step, *_) = standing
        anew = answers(Index.build(document for document, _ in documents(step)))
        found = answers(shelf.index)
        same = found.keys() == anew.keys() and all(
            abs(found[key] - anew[key]) < 1e-6 for key in anew
        )
        print(step if same else f"other answers at step {step}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
