"""Yes or no, one of several, several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal_pages.forms.kinds.base import ABSENT, Asking, Kind, Option, Part, Wrong


@dataclass(frozen=True)
class YesNo(Kind):
    code: ClassVar[str] = "YES_NO"
    missing = gettext_lazy("Choose yes or no: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = [("yes", _("Yes"), ""), ("no", _("No"), "")]
        return [Part("", forms.CharField(required=False), control="radios", options=options)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return {"yes": True, "no": False}.get(values[""], ABSENT)

    def in_words(self, answer: Any, asking: Asking) -> str:
        with override(asking.language):
            return _("Yes") if answer else _("No")


@dataclass(frozen=True)
class Choice(Kind):
    """One of several answers."""

    code: ClassVar[str] = "CHOICE"
    missing = gettext_lazy("Choose one: {label}")
    options: tuple[Option, ...] = ()

    def offered(self, asking: Asking) -> Sequence[Option]:
        """The answers that may be chosen here and now."""
        return self.options

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = labelled(self.offered(asking), asking)
        return [Part("", forms.CharField(required=False), control="radios", options=options)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        value = values[""]
        if value and value not in {option.value for option in self.offered(asking)}:
            raise Wrong(_("Choose one of the answers shown"))
        return value or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        return next((asking.words(option.labels) for option in self.options if option.value == answer), str(answer))

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.offered(asking)}}


@dataclass(frozen=True)
class DeliveryChoice(Choice):
    """How the result is wanted: only what the service offers can be chosen."""

    def offered(self, asking: Asking) -> Sequence[Option]:
        return [option for option in self.options if not asking.deliveries or option.value in asking.deliveries]


@dataclass(frozen=True)
class Several(Kind):
    """Any number of several answers."""

    code: ClassVar[str] = "SEVERAL"
    missing = gettext_lazy("Choose at least one: {label}")
    options: tuple[Option, ...] = ()

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = labelled(self.options, asking)
        field = forms.Field(required=False)
        return [Part("", field, control="checkboxes", options=options, is_many=True)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        chosen = set(values[""] or ())
        known = [option.value for option in self.options]
        if not chosen <= set(known):
            raise Wrong(_("Choose from the answers shown"))
        return [value for value in known if value in chosen] or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        labels = {option.value: asking.words(option.labels) for option in self.options}
        return "\n".join(labels.get(value, value) for value in answer)

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.options}}


def labelled(options: Sequence[Option], asking: Asking) -> list[tuple[str, str, str]]:
    return [(option.value, asking.words(option.labels), asking.words(option.helps)) for option in options]
