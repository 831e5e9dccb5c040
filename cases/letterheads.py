"""The head of every paper of an institution, in the language of the paper."""

from cases.crests import drawing_of
from cases.models import Institution
from cases.texts import Texts, in_language
from cases.typesetting import Letterhead


def letterhead_of(institution: Institution, language: str) -> Letterhead:
    """Name, address and ways to reach the institution; its colour and its crest where it has chosen them."""

    def words(texts: Texts) -> str:
        return in_language(texts, language, main=institution.main_language).words

    lines = [*words(institution.address).splitlines(), institution.phone, institution.email]
    return Letterhead(
        name=words(institution.names),
        lines=[line.strip() for line in lines if line.strip()],
        accent=institution.theme.get("accent") or institution.theme.get("--accent") or "",
        crest_svg=drawing_of(institution.crest) if institution.crest else None,
    )
