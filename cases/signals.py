"""News from the records office. Operations send, upper folders listen; nothing else goes up.

Receivers run inside the operation's transaction. What may wait goes through the outbox.

- ``entry_registered``: ``entry``, ``case``, ``is_new_case``, ``documents``, ``actor``, ``at``.
  A new case has just begun (sent before the number is given, so that the counter stays locked only
  briefly: receivers write no events then), or an item with its number joined a case.
- ``documents_captured``: ``case``, ``documents``, ``at``. Also sent for documents without an entry.
- ``case_changed``: ``case``, ``at``. State, unit, holder, subject or readers changed.
- ``case_closed``: ``case``, ``actor``, ``at``.
- ``clock_suspended`` / ``clock_resumed``: ``case``, ``at``.
- ``people_erased``: ``case``, ``at``. What other folders keep of its people goes too.
"""

from django.dispatch import Signal

entry_registered = Signal()
documents_captured = Signal()
case_changed = Signal()
case_closed = Signal()
clock_suspended = Signal()
clock_resumed = Signal()
people_erased = Signal()
