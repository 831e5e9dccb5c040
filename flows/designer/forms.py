"""The form of the editor: the procedure's name in all languages, and its steps."""

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cases.desk.blocks.texts import TextsFormField
from cases.models import Institution
from cases.texts import Texts
from flows.models import Procedure

LONGEST_KEY = 40


class ProcedureForm(WagtailAdminModelForm):
    """A new procedure belongs to the institution of whoever begins it, and gets its key once."""

    titles = TextsFormField(
        label=_("Name"), help_text=_("What the procedure is called in the office, in each language.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.institution_id is None and self.for_user:
            self.instance.institution = self.for_user.institution

    def _post_clean(self) -> None:
        if not self.instance.key:
            self.instance.key = free_key(self.instance.institution, self.cleaned_data.get("titles") or {})
        super()._post_clean()


def free_key(institution: Institution, titles: Texts) -> str:
    """A key that no procedure of the institution has: from the English name where it has letters, else a number."""
    wanted = next((slug for words in [titles.get("en", ""), *titles.values()] if (slug := slugify(words))), "procedure")
    wanted = wanted[: LONGEST_KEY - 4].strip("-_").replace("_", "-")
    taken = set(Procedure.objects.filter(institution=institution).values_list("key", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(key for key in numbered if key not in taken)
