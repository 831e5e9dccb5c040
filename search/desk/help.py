"""One page that says how to ask the archive, with examples that search when they are followed."""

from typing import Any, NamedTuple

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


class Example(NamedTuple):
    """What to type, and what it finds."""

    typed: str | Promise
    words: str | Promise

    @property
    def address(self) -> str:
        return f"{reverse('desk_archive')}?{urlencode({'q': str(self.typed)})}"


CHAPTERS = (
    (
        _("Words"),
        (
            Example(
                _("tree street"),
                _("Papers with both words, in any grammatical form. Capitals and accents don't matter."),
            ),
            Example(
                _("the kiosk by the school, about 2009"),
                _(
                    "A question as you would put it to a colleague: little words are passed over, a year after "
                    "“about” brings papers of those years to the front. Where hardly a paper has all words, papers "
                    "that lack one follow."
                ),
            ),
            Example(_("oak OR lime"), _("Either word. OR is written in capitals.")),
            Example(_("tree -lime"), _("Without the word behind the dash.")),
            Example(_("permi*"), _("Words that begin so.")),
            Example(
                "zayavlenie",
                _("Bulgarian words may be typed in Latin letters, and Bulgarian names are found in either script."),
            ),
        ),
    ),
    (
        _("Words together"),
        (
            Example(_('"tree felling"'), _("These words side by side, exactly as written.")),
            Example(
                _("school NEAR kiosk"),
                _(
                    "Both words close to each other, in any form and order, with at most ten others between; NEAR/3: "
                    "at most three."
                ),
            ),
            Example(_('"school kiosk"~5'), _("The same, with at most five words between.")),
            Example(_("(oak OR lime) street"), _("Brackets keep together what belongs together.")),
        ),
    ),
    (
        _("Numbers and days"),
        (
            Example(
                "94-00-127",
                _(
                    "A register number, its beginning, or where a letter quotes it. Blanks, dots and dashes count "
                    "alike: 94 00 127."
                ),
            ),
            Example(
                _("date:2009"),
                _("Papers of that year. Also a month (03.2009), a day (21.11.2009), years (2009-2011)."),
            ),
            Example(_("date:about 2009"), _("From a year before to a year after.")),
            Example(_("from:2009-03 to:2011"), _("Papers of the first day or later, and of the last day or earlier.")),
        ),
    ),
    (
        _("Filters"),
        (
            Example(_("unit:PARK"), _("The unit's symbol or its name; several words stand in quotation marks.")),
            Example(
                _("kind:decision state:closed"),
                _("Also service, register, class, year, channel, language, access, number."),
            ),
            Example(_("-kind:receipt"), _("Everything but that.")),
        ),
    ),
)


class SearchHelpView(PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_required = "cases.search_archive"
    raise_exception = True
    template_name = "search/help.html"
    page_title = _("How to search the archive")
    header_icon = "help"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = [{"url": reverse("desk_archive"), "label": _("Archive")}, {"url": "", "label": self.page_title}]
        return [*super().get_breadcrumbs_items(), *here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(chapters=CHAPTERS, **kwargs)
