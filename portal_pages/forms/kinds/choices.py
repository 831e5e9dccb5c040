"""Yes or no, one of several, several of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cases.texts import Texts
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Option, Part, Wrong

OTHER = "OTHER"
LONGEST_OTHER = 200


@dataclass(frozen=True)
class YesNo(Kind):
    code: ClassVar[str] = "YES_NO"
    gives: ClassVar[Gives] = Gives.YES
    missing = gettext_lazy("Choose yes or no: {label}")

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = [("yes", _("Yes"), ""), ("no", _("No"), "")]
        return [Part("", forms.CharField(required=False), control="radios", options=options)]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        return {"yes": True, "no": False}.get(values[""], ABSENT)

    def in_words(self, answer: Any, asking: Asking) -> str:
        with override(asking.language):
            return _("Yes") if answer else _("No")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice(Kind):
    """One of several answers."""

    code: ClassVar[str] = "CHOICE"
    gives: ClassVar[Gives] = Gives.CODE
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

    def flaws(self) -> Iterator[str]:
        yield from _offer_flaws(self.options)

    def schema(self) -> dict[str, Any]:
        return {"enum": [option.value for option in self.options]}

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.offered(asking)}}


@dataclass(frozen=True)
class DeliveryChoice(Choice):
    """How the result is wanted: only what the service offers can be chosen."""

    def offered(self, asking: Asking) -> Sequence[Option]:
        return [option for option in self.options if not asking.deliveries or option.value in asking.deliveries]


@dataclass(frozen=True)
class Several(Kind):
    """Any number of several answers. ``other``: the label of one more, "OTHER", that is said in one's own words.

    The answer lists the codes in the order in which they were shown; own words come last, as ``{"other": words}``.
    """

    code: ClassVar[str] = "SEVERAL"
    gives: ClassVar[Gives] = Gives.CODES
    missing = gettext_lazy("Choose at least one: {label}")
    options: tuple[Option, ...] = ()
    other: Texts = field(default_factory=dict)
    most: int = 0

    @property
    def offered(self) -> Sequence[Option]:
        return (*self.options, Option(OTHER, self.other)) if self.other else self.options

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = labelled(self.offered, asking)
        boxes = Part("", forms.Field(required=False), control="checkboxes", options=options, is_many=True)
        if not self.other:
            return [boxes]
        words = Part("other", forms.CharField(required=False), label=_("In your own words"), width="is-w20")
        return [boxes, words]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        words = " ".join(values.get("other", "").split())
        chosen = {*(values[""] or ()), *([OTHER] if words else [])}
        known = [option.value for option in self.offered]
        if not chosen <= set(known):
            raise Wrong(_("Choose from the answers shown"))
        if self.most and len(chosen) > self.most:
            raise Wrong(_("Choose at most {number}").format(number=self.most))
        return [*(value for value in known if value in chosen), *self._own_words(chosen, words)] or ABSENT

    def _own_words(self, chosen: set[str], words: str) -> list[dict[str, str]]:
        if not self.other or OTHER not in chosen:
            return []
        if not words:
            raise Wrong(_("Say in your own words what it is"), "other")
        if len(words) > LONGEST_OTHER:
            raise Wrong(_("Say it in at most {number} letters").format(number=LONGEST_OTHER), "other")
        return [{"other": words}]

    def in_words(self, answer: Any, asking: Asking) -> str:
        labels = {option.value: asking.words(option.labels) for option in self.offered}
        own = next((one["other"] for one in answer if isinstance(one, Mapping)), "")
        lines = [labels.get(value, value) for value in answer if isinstance(value, str)]
        return "\n".join([*lines[:-1], f"{lines[-1]}: {own}"] if own and lines else lines)

    def flaws(self) -> Iterator[str]:
        yield from _offer_flaws(self.options)
        if self.other and OTHER in {option.value for option in self.options}:
            yield _("The code OTHER is kept for the answer in one's own words")

    def schema(self) -> dict[str, Any]:
        codes: dict[str, Any] = {"enum": [option.value for option in self.offered]}
        if not self.other:
            return {"type": "array", "items": codes, "minItems": 1, "uniqueItems": True}
        own = {"type": "object", "properties": {"other": {"type": "string"}}, "required": ["other"]}
        return {"type": "array", "items": {"anyOf": [codes, own]}, "minItems": 1, "uniqueItems": True}

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.offered}}


def _offer_flaws(options: Sequence[Option]) -> Iterator[str]:
    if not options:
        yield _("There is nothing to choose from: add the answers")


def labelled(options: Sequence[Option], asking: Asking) -> list[tuple[str, str, str]]:
    return [(option.value, asking.words(option.labels), asking.words(option.helps)) for option in options]
