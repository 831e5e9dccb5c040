"""What a procedure can ask about the answers of a service's form: each question that a condition can compare."""

from django.utils.translation import get_language

from cases.models import Service
from cases.texts import in_language
from flows.designer.choices import choice_of
from flows.designer.questions import Fact
from portal_pages.forms.kinds import kind_name
from portal_pages.offered import form_of

# As cases.desk.blocks.conditions names the types; what is not here is read as words or not asked about at all.
TYPES = {
    "WHOLE_NUMBER": "NUMBER",
    "DECIMAL": "AMOUNT",
    "MONEY": "AMOUNT",
    "CALCULATED": "AMOUNT",
    "DATE": "DAY",
    "YES_NO": "YES_NO",
    "DECLARATION": "YES_NO",
    "CHOICE": "CHOICE",
    "DELIVERY_CHOICE": "CHOICE",
    "SEVERAL": "CHOICES",
}
NEVER_ASKED = {"INFORMATION", "GROUP", "TABLE", "FILES"}


def facts_of(service: Service) -> list[Fact]:
    """The questions of the form that new filings begin on; none where the service has no form."""
    form = form_of(service)
    language, main = get_language() or "en", service.institution.main_language
    return [
        Fact(
            question.key,
            in_language(question.labels, language, main=main).words or question.key,
            TYPES.get(kind_name(question.kind), "TEXT"),
            in_language(page.titles, language, main=main).words,
            [
                choice_of(one.value, in_language(one.labels, language, main=main))
                for one in getattr(question.kind, "options", ())
            ],
        )
        for page in (form.pages if form else ())
        for question in page.questions
        if kind_name(question.kind) not in NEVER_ASKED
    ]
