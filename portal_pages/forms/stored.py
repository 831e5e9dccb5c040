"""A form as JSON and back, without loss: what designers write, versions store and packages carry.

Members are named as the fields of the dataclasses; what is empty or has its default is left out. Decimals are text,
because JSON's numbers would round them. What is read here comes from files of strangers too: whatever can't be read
is refused with the place in words, and nothing is guessed.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases import conditions
from cases.conditions import Condition
from cases.texts import Texts
from portal_pages.forms import calculations
from portal_pages.forms.calculations import Calculation, RateTable, parts_of
from portal_pages.forms.common_pages import common_page
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import KINDS, Calculated, DayLimit, Kind, Option, Rows, kind_name

LARGEST_BYTES = 2_000_000
DEEPEST = 24
MOST_PAGES = 100
MOST_QUESTIONS = 1_000
MOST_OPTIONS = 500
MOST_TABLES = 50
MOST_PARTS_OF_A_CALCULATION = 200
LONGEST_TEXT = 10_000
# Steps of filing that have an address beside the pages, and names of controls that are no question's.
PAGES_TAKEN = frozenset({"review", "saved", "continue", "done", "receipt"})
KEYS_TAKEN = frozenset({"shown", "add", "remove", "drop", "leave", "keep", "upload", "row", "csrfmiddlewaretoken"})

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
# What can be set of a kind, in the order of its fields, and of which type it is.
SETTINGS: Mapping[type[Kind], tuple[Field[Any], ...]] = {
    kind: tuple(setting for setting in fields(kind) if setting.compare) for kind in KINDS.values()
}
HINTS: Mapping[type[Kind], Mapping[str, Any]] = {
    kind: get_type_hints(kind, localns={"Question": Question}) for kind in KINDS.values()
}
QUESTION_MEMBERS = ("key", "kind", "labels", "helps", "required", "required_when", "show_when", "counted")
# Of these kinds an answer may be marked for lists and statistics; in a row of a group none may.
COUNTABLE = frozenset(name for name, kind in KINDS.items() if kind().may_be_counted())


class FormUnreadable(ValueError):
    """The definition can't be read; ``place`` names the page and the question, ``why`` what is wrong there."""

    def __init__(self, why: str | Promise, place: str = "") -> None:
        super().__init__(f"{place}: {why}" if place else str(why))
        self.why = str(why)
        self.place = place


# -- writing


def form_as_json(form: Form) -> dict[str, Any]:
    """The whole form; common pages stand in it in full."""
    said = {"key": form.key, "version": form.version, "pages": [page_as_json(page) for page in form.pages]}
    tables = {name: calculations.table_as_json(table) for name, table in form.tables.items()}
    return said | ({"tables": tables} if tables else {})


def page_as_json(page: Page) -> dict[str, Any]:
    questions = [question_as_json(question) for question in page.questions]
    introductions = {"introductions": dict(page.introductions)} if page.introductions else {}
    return {"key": page.key, "titles": dict(page.titles), **introductions, "questions": questions}


def question_as_json(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = {"key": question.key, "kind": kind_name(question.kind), "labels": dict(question.labels)}
    if question.helps:
        said["helps"] = dict(question.helps)
    if question.required:
        said["required"] = True
    for name, condition in (("required_when", question.required_when), ("show_when", question.show_when)):
        if condition is not None:
            said[name] = conditions.as_json(condition)
    if question.counted:
        said["counted"] = True
    return said | _settings_as_json(question.kind)


def _settings_as_json(kind: Kind) -> dict[str, Any]:
    return {
        setting.name: _written(value)
        for setting in SETTINGS[type(kind)]
        if (value := getattr(kind, setting.name)) != _default(setting)
    }


def _written(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value)
        case Question():
            return question_as_json(value)
        case Option(code, labels, helps):
            return {"code": code, "labels": dict(labels)} | ({"helps": dict(helps)} if helps else {})
        case tuple():
            return [_written(one) for one in value]
        case DayLimit():
            named = {setting.name: (getattr(value, setting.name), setting.default) for setting in fields(value)}
            return {name: said for name, (said, default) in named.items() if said != default}
        case Mapping():
            return dict(value)
        case str() | int() | None:
            return value
    return calculations.as_json(value)


# -- reading


def definition_from_text(raw: bytes | str) -> dict[str, Any]:
    """The JSON object that a file holds; size and depth are judged before it is unfolded."""
    if len(raw) > LARGEST_BYTES:
        raise FormUnreadable(_("The file is too large for a form"))
    try:
        text = raw if isinstance(raw, str) else raw.decode()
        _refuse_depth(text)
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, FormUnreadable):
            raise
        raise FormUnreadable(_("The file is not JSON")) from None
    if not isinstance(data, dict):
        raise FormUnreadable(_("A form is written as one JSON object"))
    return data


def _refuse_depth(text: str) -> None:
    """Brackets in texts count too: no text of a form has so many of them in a row without closing."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:
            raise FormUnreadable(_("The form is nested too deeply"))


def form_from_json(data: Any) -> Form:
    """The form of a definition, common pages expanded. Raises FormUnreadable naming the place."""
    members = _object(data, "", {"key", "version", "pages", "tables"}, needed=("key", "version", "pages"))
    refuse_oversized(data)
    form_key = _slug(members["key"], _("the form's key"))
    version = _whole(members["version"], _("the form's version"))
    pages = _list(members["pages"], _("the form's pages"), most=MOST_PAGES)
    if not pages:
        raise FormUnreadable(_("A form has at least one page"))
    read = tuple(page_from_json(page, place=page_in_words(page, number)) for number, page in enumerate(pages, 1))
    refuse_doubles((page.key for page in read), _("the form's pages"))
    refuse_doubles((key for page in read for key in keys_of(page.questions)), _("the form's questions"))
    if sum(1 for page in read for _key in keys_of(page.questions)) > MOST_QUESTIONS:
        raise FormUnreadable(_("A form has at most {number} questions").format(number=MOST_QUESTIONS))
    tables = _tables(members.get("tables", {}))
    return linked(Form(key=form_key, version=version, pages=read, tables=tables))


def linked(form: Form) -> Form:
    """The form whose calculated values know its tables of rates and the labels of its questions."""
    questions = [*form.questions(), *(column for q in form.questions() for column in columns_of(q))]
    if not any(isinstance(question.kind, Calculated) for question in questions):
        return form
    labels = {question.key: question.labels for question in questions}

    def link(question: Question) -> Question:
        kind = question.kind
        if isinstance(kind, Calculated):
            return replace(question, kind=replace(kind, tables=form.tables, labels=labels))
        if isinstance(kind, Rows):
            return replace(question, kind=replace(kind, questions=tuple(map(link, kind.questions))))
        return question

    pages = tuple(replace(page, questions=tuple(map(link, page.questions))) for page in form.pages)
    return replace(form, pages=pages)


def columns_of(question: Question) -> tuple[Question, ...]:
    return question.kind.questions if isinstance(question.kind, Rows) else ()


def _tables(data: Any) -> dict[str, RateTable]:
    place = _("the tables of rates")
    if not isinstance(data, dict) or len(data) > MOST_TABLES:
        raise FormUnreadable(_("Here a JSON object is expected"), place)
    return {_key(name, place): _table(said, f"{place}, {name}") for name, said in data.items()}


def _table(data: Any, place: str) -> RateTable:
    try:
        table = calculations.table_from_json(data)
    except ValueError as error:
        raise FormUnreadable(_("A table can't be read: {why}").format(why=error), place) from None
    _texts(data["titles"], place)
    return table


def page_from_json(data: Any, *, place: str) -> Page:
    """One page, or the common page that is named in it."""
    if isinstance(data, dict) and "common" in data:
        return _common_page(data, place)
    needed = ("key", "titles", "questions")
    members = _object(data, place, {*needed, "introductions"}, needed=needed)
    key = _slug(members["key"], place)
    if key in PAGES_TAKEN:
        raise FormUnreadable(_("“{key}” can't be the key of a page").format(key=key), place)
    questions = _list(members["questions"], place, most=MOST_QUESTIONS)
    return Page(
        key=key,
        titles=_texts(members["titles"], place),
        introductions=_texts(members.get("introductions", {}), place),
        questions=tuple(question_from_json(question, place=place) for question in questions),
    )


def _common_page(data: Mapping[str, Any], place: str) -> Page:
    options = {name: value for name, value in data.items() if name != "common"}
    try:
        return common_page(data["common"], options)
    except ValueError as error:
        raise FormUnreadable(str(error), place) from None


def question_from_json(data: Any, *, place: str, in_group: bool = False) -> Question:
    """One question; in a group or table it is a column."""
    place = question_in_words(data, place)
    if not isinstance(data, dict):
        raise FormUnreadable(_("A question is written as a JSON object"), place)
    name = data.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise FormUnreadable(_("There is no kind of question “{name}”").format(name=_short(name)), place)
    if in_group and not kind.fits_in_rows:
        raise FormUnreadable(_("A question of the kind {name} can't stand in a row").format(name=name), place)
    allowed = {*QUESTION_MEMBERS, *(setting.name for setting in SETTINGS[kind])}
    members = _object(data, place, allowed, needed=("key", "labels"))
    if members.get("counted") and (in_group or name not in COUNTABLE):
        raise FormUnreadable(_("Officials can't filter and count by an answer of this kind"), place)
    return Question(
        key=_key(members["key"], place),
        kind=_kind_from_json(kind, members, place),
        labels=_texts(members["labels"], place),
        helps=_texts(members.get("helps", {}), place),
        required=_yes_or_no(members.get("required", False), place),
        required_when=_condition(members.get("required_when"), place),
        show_when=_condition(members.get("show_when"), place),
        counted=_yes_or_no(members.get("counted", False), place),
    )


def _kind_from_json(kind: type[Kind], members: Mapping[str, Any], place: str) -> Kind:
    hints = HINTS[kind]
    given = {}
    for setting in SETTINGS[kind]:
        if setting.name in members:
            where = f"{place}, {setting.name}"
            given[setting.name] = READERS[hints[setting.name]](members[setting.name], where)
    try:
        return kind(**given)
    except ValueError as error:
        raise FormUnreadable(str(error), place) from None


def _default(setting: Field[Any]) -> Any:
    return setting.default if setting.default_factory is MISSING else setting.default_factory()


# -- common pages


def expanded(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with its common pages in full: what is published, so that a later change of the block leaves it.

    Pages of its own stay as they are written.
    """
    pages = [
        page_as_json(_common_page(page, page_in_words(page, number)))
        if isinstance(page, dict) and "common" in page
        else page
        for number, page in enumerate(_list(definition.get("pages"), _("the form's pages"), most=MOST_PAGES), 1)
    ]
    return {**definition, "pages": pages}


# -- what can be read of a form that is still being written


@dataclass(frozen=True)
class Placed:
    """A question with where it stands; ``group`` is the question whose column it is."""

    page: str
    question: Question
    group: Question | None = None


@dataclass(frozen=True)
class Unread:
    """A place that can't be read yet."""

    page: str
    question: str
    refusal: FormUnreadable


def readable(definition: Mapping[str, Any]) -> Iterator[Placed | Unread]:
    """The questions in the order in which they are asked, columns after their group; and what can't be read."""
    pages = definition.get("pages")
    for number, page in enumerate(pages if isinstance(pages, list) else (), 1):
        place = page_in_words(page, number)
        key = str(page.get("key") or page.get("common") or number) if isinstance(page, dict) else str(number)
        if not isinstance(page, dict) or "common" in page or not isinstance(page.get("questions"), list):
            yield from _readable_page(page, key, place)
        else:
            for said in page["questions"]:
                yield from _readable_question(said, key, place)


def _readable_page(page: Any, key: str, place: str) -> Iterator[Placed | Unread]:
    try:
        questions = page_from_json(page, place=place).questions
    except FormUnreadable as refusal:
        yield Unread(key, "", refusal)
        return
    for question in questions:
        yield from _with_columns(key, question)


def _readable_question(said: Any, page: str, place: str) -> Iterator[Placed | Unread]:
    try:
        question = question_from_json(said, place=place)
    except FormUnreadable as refusal:
        key = said.get("key") if isinstance(said, dict) else None
        yield Unread(page, key if isinstance(key, str) else "", refusal)
        return
    yield from _with_columns(page, question)


def _with_columns(page: str, question: Question) -> Iterator[Placed]:
    yield Placed(page, question)
    for column in columns_of(question):
        yield Placed(page, column, question)


def readable_tables(definition: Mapping[str, Any]) -> dict[str, RateTable]:
    """The tables of rates that can be read."""
    tables = definition.get("tables")
    found = {}
    for name, said in tables.items() if isinstance(tables, dict) else ():
        with suppress(ValueError):
            found[name] = calculations.table_from_json(said)
    return found


# -- places in words


def page_in_words(page: Any, number: int) -> str:
    key = page.get("key") or page.get("common") if isinstance(page, dict) else None
    named = f" ({_short(key)})" if isinstance(key, str) else ""
    return _("page {number}").format(number=number) + named


def question_in_words(question: Any, place: str) -> str:
    key = question.get("key") if isinstance(question, dict) else None
    named = _("question {key}").format(key=_short(key)) if isinstance(key, str) else _("a question without a key")
    return f"{place}, {named}" if place else named


def _short(said: object) -> str:
    text = str(said)
    return f"{text[:40]}…" if len(text) > 40 else text


# -- plain values


def _object(data: Any, place: str, allowed: Iterable[str], *, needed: Sequence[str] = ()) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise FormUnreadable(_("Here a JSON object is expected"), place)
    for name in data:
        if name not in allowed:
            raise FormUnreadable(_("“{name}” is not known here").format(name=_short(name)), place)
    for name in needed:
        if name not in data:
            raise FormUnreadable(_("“{name}” is missing").format(name=name), place)
    return data


def _list(data: Any, place: str, *, most: int) -> list[Any]:
    if not isinstance(data, list):
        raise FormUnreadable(_("Here a list is expected"), place)
    if len(data) > most:
        raise FormUnreadable(_("Here at most {number} are taken").format(number=most), place)
    return data


def _text(data: Any, place: str) -> str:
    if not isinstance(data, str):
        raise FormUnreadable(_("Here a text is expected"), place)
    if len(data) > LONGEST_TEXT:
        raise FormUnreadable(_("A text has at most {number} letters").format(number=LONGEST_TEXT), place)
    return data


def _texts(data: Any, place: str) -> Texts:
    if not isinstance(data, dict) or not all(LANGUAGE.fullmatch(code) for code in data):
        raise FormUnreadable(_("Texts are given as one text for each language code"), place)
    return {code: _text(words, place) for code, words in data.items()}


def _yes_or_no(data: Any, place: str) -> bool:
    if not isinstance(data, bool):
        raise FormUnreadable(_("Here true or false is expected"), place)
    return data


def _whole(data: Any, place: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or abs(data) > 10**15:
        raise FormUnreadable(_("Here a whole number is expected"), place)
    return data


def _decimal(data: Any, place: str) -> Decimal:
    try:
        number = Decimal(data) if isinstance(data, str) and len(data) <= 40 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 18:
        raise FormUnreadable(_("Here a number is expected, written as a text like “12.50”"), place)
    return number


def _key(data: Any, place: str) -> str:
    if not isinstance(data, str) or not KEY.fullmatch(data):
        raise FormUnreadable(_("A question's key is written in small letters, digits and underscores"), place)
    if data in KEYS_TAKEN:
        raise FormUnreadable(_("“{key}” can't be the key of a question").format(key=data), place)
    return data


def _slug(data: Any, place: str) -> str:
    if not isinstance(data, str) or not SLUG.fullmatch(data):
        raise FormUnreadable(_("A key is written in small letters, digits, hyphens and underscores"), place)
    return data


def _condition(data: Any, place: str) -> Condition | None:
    if data is None:
        return None
    try:
        return conditions.from_json(data)
    except (ValueError, TypeError) as error:
        why = _("A condition can't be read: {why}").format(why=_short(error))
        raise FormUnreadable(why, place) from None


def _option(data: Any, place: str) -> Option:
    members = _object(data, place, {"code", "labels", "helps"}, needed=("code", "labels"))
    code = _text(members["code"], place)
    if not code or len(code) > 80 or code != code.strip():
        raise FormUnreadable(_("The code of an answer has 1 to 80 letters"), place)
    return Option(code, _texts(members["labels"], place), _texts(members.get("helps", {}), place))


def _options(data: Any, place: str) -> tuple[Option, ...]:
    options = tuple(_option(one, place) for one in _list(data, place, most=MOST_OPTIONS))
    refuse_doubles((option.value for option in options), place)
    return options


def _columns(data: Any, place: str) -> tuple[Question, ...]:
    columns = _list(data, place, most=MOST_OPTIONS)
    return tuple(question_from_json(column, place=place, in_group=True) for column in columns)


def _words(data: Any, place: str) -> tuple[str, ...]:
    return tuple(_text(one, place) for one in _list(data, place, most=MOST_OPTIONS))


def _day_limit(data: Any, place: str) -> DayLimit | None:
    if data is None:
        return None
    members = _object(data, place, {setting.name for setting in fields(DayLimit)})
    read: dict[str, Any] = {
        name: (_text if name in {"date", "answer"} else _whole)(value, place) for name, value in members.items()
    }
    return DayLimit(**read)


def _calculation(data: Any, place: str) -> Calculation | None:
    if data is None:
        return None
    try:
        calculation = calculations.from_json(data)
    except (ValueError, TypeError) as error:
        raise FormUnreadable(_("A calculation can't be read: {why}").format(why=_short(error)), place) from None
    if sum(1 for _part in parts_of(calculation)) > MOST_PARTS_OF_A_CALCULATION:
        raise FormUnreadable(_("A calculation has at most {n} parts").format(n=MOST_PARTS_OF_A_CALCULATION), place)
    return calculation


READERS: Mapping[Any, Callable[[Any, str], Any]] = {
    str: _text,
    bool: _yes_or_no,
    int: _whole,
    Decimal: _decimal,
    Texts: _texts,
    tuple[str, ...]: _words,
    tuple[Option, ...]: _options,
    tuple[Question, ...]: _columns,
    DayLimit | None: _day_limit,
    Calculation | None: _calculation,
}


# -- the whole


def refuse_oversized(data: Any) -> None:
    """Depth of what was already unfolded: nothing here is read by recursion without a floor."""
    layer, depth = [data], 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            raise FormUnreadable(_("The form is nested too deeply"))
        inner: list[Any] = []
        for one in layer:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        layer = inner


def refuse_doubles(keys: Iterable[str], place: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise FormUnreadable(_("“{key}” is used twice").format(key=_short(key)), place)
        seen.add(key)


def keys_of(questions: Iterable[Question]) -> Iterable[str]:
    """The keys of questions; those of a group's columns are counted per row."""
    for question in questions:
        yield question.key
        place = question_in_words({"key": question.key}, "")
        refuse_doubles((column.key for column in columns_of(question)), place)
