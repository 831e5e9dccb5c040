"""A clerk with the product's own settings: reads deeds from standard input and does each in a process of its own.

The clerk loads the product once and forks for each deed, so that a test can have many real processes, and kill any of
them, without paying for each start. It never opens the database itself. ``python -m tests.faults.clerk``
"""

import json
import os
import sys
import traceback
from typing import Any

import django


def main() -> None:
    django.setup()
    from tests.faults import deeds  # noqa: PLC0415 (it needs the models)

    answer({"ready": os.getpid()})
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer(ended(order["wait"]))
            continue
        pid = do(getattr(deeds, order["deed"]), order["values"])
        answer({"pid": pid})


def do(deed: Any, values: dict[str, Any]) -> int:
    """Do a deed in a process of its own; its result goes into a file that bears the process's number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        # What the deed prints is not an answer of the clerk's.
        os.dup2(2, 1)
        result = {"result": deed(**values)}
        status = 0
    except BaseException:
        result = {"error": traceback.format_exc()}
    with open(result_file(os.getpid()), "w") as target:
        json.dump(result, target)
    os._exit(status)


def result_file(pid: int) -> str:
    return os.path.join(os.environ["FAULTS_RESULTS"], f"deed-{pid}.json")


def ended(pid: int) -> dict[str, Any]:
    """How a process ended: its result, its error, or the signal that killed it."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status < 0:
        return {"signal": -status}
    with open(result_file(pid)) as source:
        return json.load(source)


def answer(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
