"""Checks one signed file in a process of its own: ``python -m cases.signing.apart FILE MOMENT LIMITS`` < trusted.pem

A stranger's PDF may be built to keep a checker busy for hours. So this process asks the system for limits before it
opens the file, has neither our settings nor a database, and writes one line of JSON. Reasons are in English; who
asked translates them.
"""

import datetime as dt
import json
import resource
import sys
from pathlib import Path

from cryptography import x509
from django.conf import settings

from cases.signing.verifying import verify


def main(file: str, moment: str, limits: str) -> None:
    trusted = x509.load_pem_x509_certificates(pem) if (pem := sys.stdin.buffer.read()) else []
    settings.configure(USE_I18N=False)
    bounds = json.loads(limits)
    resource.setrlimit(resource.RLIMIT_CPU, (bounds["seconds"], bounds["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (bounds["memory"], bounds["memory"]))
    at = dt.datetime.fromisoformat(moment)
    record = verify(Path(file).read_bytes(), at=at, trusted=trusted).as_record(at=at)
    sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
