"""Works that ``tests.cases.test_apart`` has done apart."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

prepared_in = 0


def prepare() -> None:
    global prepared_in
    prepared_in = os.getpid()


def main(deed: str, *arguments: str) -> None:
    DEEDS[deed](*arguments)


def tell() -> None:
    said = {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "prepared in": prepared_in,
        "environment": dict(os.environ),
        "temporary": tempfile.gettempdir(),
    }
    sys.stdout.write(json.dumps(said))


def hang(place: str) -> None:
    """Begin something long; ``place`` gets a line with its number, ours and our parent's."""
    begun = subprocess.Popen(["sleep", "600"])
    with Path(place).open("a") as file:
        file.write(f"{begun.pid} {os.getpid()} {os.getppid()}\n")
    begun.wait()


def fall_silent() -> None:
    """Say all that is to be said, and stay."""
    os.close(1)
    os.close(2)
    time.sleep(600)


def take_a_while() -> None:
    time.sleep(0.2)
    sys.stdout.write("done")


def complain() -> None:
    sys.stderr.write("x" * 100_000)
    raise ValueError("a damaged file")


DEEDS = {one.__name__: one for one in (tell, hang, fall_silent, take_a_while, complain)}
