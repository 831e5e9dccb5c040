"""A process that has set Django up and forks what it is asked to do: `python -m benchmarks.prepared`.

A line on its standard input names a module, a function and its arguments, as JSON. Each is done by a child that has
met nothing but Django, as one newly started would; its answer is a line of JSON.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from typing import Any


def main() -> None:
    import django  # noqa: PLC0415 (who only asks needs none)

    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _do(*json.loads(line))
        _pid, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"failed": f"It ended with {status}."}), flush=True)


def _do(module: str, function: str, arguments: list[Any]) -> None:
    try:
        answer = {"answer": getattr(import_module(module), function)(*arguments)}
    except BaseException:
        answer = {"failed": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
