"""Yes or no, one of several, several of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.conditions import OTHER
from cases.texts import Texts
from portal_pages.forms.kinds.base import ABSENT, Asking, Gives, Kind, Option, Part, Wrong, speaking

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
        with speaking(asking):
            return _("Yes") if answer else _("No")

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice(Kind):
    """One of several answers. ``other``: the label of one more, "OTHER", that is said in one's own words.

    The answer is a code; own words are ``{"other": words}`` and count as the code OTHER (`cases.conditions`).
    """

    code: ClassVar[str] = "CHOICE"
    gives: ClassVar[Gives] = Gives.CODE
    missing = gettext_lazy("Choose one: {label}")
    options: tuple[Option, ...] = ()
    other: Texts = field(default_factory=dict)

    @property
    def offered(self) -> Sequence[Option]:
        return _with_other(self.options, self.other)

    def offered_now(self, asking: Asking) -> Sequence[Option]:
        """The answers that may be chosen here and now."""
        return self.offered

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = labelled(self.offered_now(asking), asking)
        radios = Part("", forms.CharField(required=False), control="radios", options=options)
        return [radios, _own_words_part()] if self.other else [radios]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        value = values[""]
        if value and value not in {option.value for option in self.offered_now(asking)}:
            raise Wrong(_("Choose one of the answers shown"))
        words = " ".join(values.get("other", "").split())
        if words and value not in {"", OTHER}:
            label = asking.words(self.other)
            raise Wrong(_("Choose “{other}” if this is your answer, or empty this box").format(other=label), "other")
        if words or value == OTHER:
            return {"other": _of_own_words(words)} if self.other else value
        return value or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        if isinstance(answer, Mapping):
            return f"{asking.words(self.other)}: {answer['other']}"
        return next((asking.words(option.labels) for option in self.options if option.value == answer), str(answer))

    def flaws(self) -> Iterator[str]:
        yield from _offer_flaws(self.options, self.other)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        codes = {"enum": [option.value for option in self.options]}
        return {"anyOf": [codes, _own_words_schema()]} if self.other else codes

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.offered_now(asking)}}


@dataclass(frozen=True)
class DeliveryChoice(Choice):
    """How the result is wanted: only what the service offers can be chosen, and nothing else thought of."""

    other: Texts = field(default_factory=dict, init=False, compare=False)

    def offered_now(self, asking: Asking) -> Sequence[Option]:
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
        return _with_other(self.options, self.other)

    def parts(self, asking: Asking) -> Sequence[Part]:
        options = labelled(self.offered, asking)
        boxes = Part("", forms.Field(required=False), control="checkboxes", options=options, is_many=True)
        return [boxes, _own_words_part()] if self.other else [boxes]

    def read(self, values: Mapping[str, Any], asking: Asking) -> Any:
        words = " ".join(values.get("other", "").split())
        chosen = {*(values[""] or ()), *([OTHER] if words else [])}
        known = [option.value for option in self.offered]
        if not chosen <= set(known):
            raise Wrong(_("Choose from the answers shown"))
        if self.most and len(chosen) > self.most:
            raise Wrong(_("Choose at most {number}").format(number=self.most))
        own = [{"other": _of_own_words(words)}] if self.other and OTHER in chosen else []
        return [*(value for value in known if value in chosen), *own] or ABSENT

    def in_words(self, answer: Any, asking: Asking) -> str:
        labels = {option.value: asking.words(option.labels) for option in self.offered}
        own = next((one["other"] for one in answer if isinstance(one, Mapping)), "")
        lines = [labels.get(value, value) for value in answer if isinstance(value, str)]
        return "\n".join([*lines[:-1], f"{lines[-1]}: {own}"] if own and lines else lines)

    def flaws(self) -> Iterator[str]:
        yield from _offer_flaws(self.options, self.other)

    def may_be_counted(self) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        codes: dict[str, Any] = {"enum": [option.value for option in self.offered]}
        if not self.other:
            return {"type": "array", "items": codes, "minItems": 1, "uniqueItems": True}
        items = {"anyOf": [codes, _own_words_schema()]}
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}

    def shown(self, asking: Asking) -> dict[str, Any]:
        return {"options": {option.value: asking.words(option.labels) for option in self.offered}}


def _with_other(options: tuple[Option, ...], other: Texts) -> Sequence[Option]:
    return (*options, Option(OTHER, other)) if other else options


def _own_words_part() -> Part:
    return Part("other", forms.CharField(required=False), label=_("In your own words"), width="is-w20")


def _of_own_words(words: str) -> str:
    if not words:
        raise Wrong(_("Say in your own words what it is"), "other")
    if len(words) > LONGEST_OTHER:
        raise Wrong(_("Say it in at most {number} letters").format(number=LONGEST_OTHER), "other")
    return words


def _own_words_schema() -> dict[str, Any]:
    return {"type": "object", "properties": {"other": {"type": "string"}}, "required": ["other"]}


def _offer_flaws(options: Sequence[Option], other: Texts) -> Iterator[str]:
    if not options:
        yield _("There is nothing to choose from: add the answers")
    if other and OTHER in {option.value for option in options}:
        yield _("The code OTHER is kept for the answer in one's own words")


def labelled(options: Sequence[Option], asking: Asking) -> list[tuple[str, str, str]]:
    return [(option.value, asking.words(option.labels), asking.words(option.helps)) for option in options]
