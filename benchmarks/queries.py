"""How many queries a filing, the task list and the case page take.

Runs inside the product, without a server. Also says whether anything counted a whole table.
"""

import io
import re
import sys
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.wsgi import get_wsgi_application
from django.db import connection

from benchmarks.browser import Answer, Browser
from benchmarks.stories import FilingWithUs, case_page, task_list

# Starting and ending a transaction, and switching the wait for the disk, ask the database for nothing.
NO_QUERY = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SET ")


class Inside(Browser):
    """The same browser with the product at the other end of a function call."""

    application = staticmethod(get_wsgi_application())

    def _exchange(self, head: bytes, body: bytes) -> Answer:
        request, *lines = head.decode().strip().split("\r\n")
        method, target, _version = request.split()
        parts = urlsplit(target)
        environment: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(self.port), "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        for line in lines:
            name, _colon, value = line.partition(": ")
            key = name.upper().replace("-", "_")
            environment[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        said: list[Any] = []
        response = self.application(environment, lambda status, headers, _error=None: said.extend((status, headers)))
        content = b"".join(response)
        response.close()
        status, headers = said
        for name, value in headers:
            if name == "Set-Cookie":
                cookie, _equals, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie.encode()] = kept.encode()
        return Answer(int(status[:3]), dict(headers).get("Location", ""), content)


class Watch:
    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not NO_QUERY.match(sql):
            self.statements.append(sql)
        return execute(sql, params, many, context)


def watched(story: Any) -> list[str]:
    """The statements of the story's deed, the second time it is done: what is kept in memory is there by then."""
    for _time in range(2):
        story.prepare()
        watch = Watch()
        with connection.execute_wrapper(watch):
            story.act()
    return watch.statements


def count(port: int) -> dict[str, int | bool]:
    # The process may have been set up before the static files were collected.
    files = staticfiles_storage
    files.hashed_files, files.manifest_hash = files.load_manifest()
    filing = watched(FilingWithUs(Inside(port)))
    official = Inside(port)
    list_of_tasks = task_list(official)
    tasks = watched(list_of_tasks)
    case = watched(case_page(official, list_of_tasks.first_case()))
    return {
        "filing_queries": len(filing),
        "tasklist_queries": len(tasks),
        "casepage_queries": len(case),
        "tasklist_counts_table": any("COUNT(*)" in sql and "LIMIT" not in sql for sql in tasks),
    }
