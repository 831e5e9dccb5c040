"""pyHanko speaks asynchronously; the records office does not."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def result_of[T](work: Coroutine[object, object, T]) -> T:
    """Wait for the work to be done. Where an event loop runs already, as under ASGI, a thread of its own does it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
