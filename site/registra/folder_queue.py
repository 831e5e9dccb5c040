"""The job queue of one small machine: messages as files in a folder, without a server to install.

kombu's own transport has two habits that a town cannot live with: it shows a file before its content is written, so
that a worker may take an empty message and stop; and it fails for ever when the folder is gone, although the queue
may be wiped at any moment (the outbox remembers what has to be done).
"""

import os
import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

LOOK_UP_SECONDS = 0.2


class Channel(filesystem.Channel):
    def _messages(self) -> Path:
        folder = Path(self.data_folder_in)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # kombu's own classes disagree on the name of the second argument.
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"
        unfinished = self._messages() / f"{name}.part"
        unfinished.write_text(dumps(payload), encoding="utf-8")
        os.replace(unfinished, unfinished.with_suffix(""))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        self._messages()
        return super()._get(queue)

    def _size(self, queue: str) -> int:
        self._messages()
        return super()._size(queue)

    def _purge(self, queue: str) -> int:
        self._messages()
        return super()._purge(queue)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        Path(self.control_folder).mkdir(parents=True, exist_ok=True)
        super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Look up often: between two looks the worker confirms finished jobs, and hears that it shall stop."""
        super().drain_events(connection, timeout=min(timeout or LOOK_UP_SECONDS, LOOK_UP_SECONDS))
