"""The parts of a service, each with the same three questions: what does the package say, what stands here, bring it.

What a package says is read by the engine whose data it is; so a part that no engine can read never comes in.
"""

from portal_pages.packaging.parts.base import Coming, Part
from portal_pages.packaging.parts.files import FILES
from portal_pages.packaging.parts.form import FORM
from portal_pages.packaging.parts.identity import IDENTITY, OFFER
from portal_pages.packaging.parts.letters import LETTERS
from portal_pages.packaging.parts.page import PAGE
from portal_pages.packaging.parts.procedure import PROCEDURE
from portal_pages.packaging.parts.rules import RULES
from portal_pages.packaging.parts.walks import WALKS

# In the order in which they come in: what a later one needs is there.
PARTS: tuple[Part, ...] = (IDENTITY, RULES, FORM, LETTERS, WALKS, PROCEDURE, FILES, PAGE, OFFER)

__all__ = ["PARTS", "Coming", "Part"]
