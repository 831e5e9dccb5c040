"""The case page: what it is about, its documents, what happened, who sees it, and what the person may do now.

What the procedure shows of itself comes through two Wagtail hooks, ``registra_case_steps`` and
``registra_case_panels`` (see flows.desk.panels).
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from cases import history, previews
from cases.answers_as_filed import answers_as_filed
from cases.clock import local_date
from cases.desk.case_acts import MAY_ADD, MAY_NOTE
from cases.desk.due import due_words
from cases.desk.page import DeskPage
from cases.desk.signed import Signed, signed_of
from cases.desk.term import term_of
from cases.known_queries import KnownQuery
from cases.models import (
    AccessKind,
    AccessLog,
    Capacity,
    Case,
    CaseReader,
    CaseRelation,
    CaseState,
    ComponentFile,
    ComponentRole,
    Dispatch,
    DispatchState,
    Document,
    EntryKind,
    Event,
    EventValue,
    FileRole,
    Party,
    PreviewState,
    RegisterEntry,
    RelationKind,
)
from cases.opening import note_opening
from cases.rights import Scope, scope_of, start_of_today

EVENTS_AT_FIRST = 12
RELATIONS_TO_CHOOSE = [RelationKind.SAME_MATTER, RelationKind.FOLLOW_UP, RelationKind.APPEAL]


@dataclass(frozen=True)
class Happening:
    """One line of the history, in words."""

    event: Event
    who: str
    words: str


@dataclass(frozen=True)
class PartyLine:
    """A party, the name of the language that they read, and whether they were given a way in."""

    party: Party
    language: str
    has_way_in: bool


@dataclass(frozen=True)
class FileLine:
    """A file as the list of documents names it, with what is known of its signatures, and whether it was destroyed."""

    file: ComponentFile
    name: str
    signed: Signed | None
    is_gone: bool


@dataclass
class Shelf:
    """A document with its files that count now."""

    document: Document
    lines: list[FileLine] = field(default_factory=list)


_sendings_of = KnownQuery(
    lambda case: Dispatch.objects.filter(case=case).select_related("document", "party").order_by("-pk")[:20], int
)
_entries_of = KnownQuery(
    lambda case: RegisterEntry.objects.filter(case=case).select_related("register").order_by("pk"), int
)
_parties_of = KnownQuery(
    lambda case: (
        Party.objects.filter(case=case, ended_at__isnull=True)
        .select_related("represents")
        .annotate(ways_in=Count("accesses"))
        .order_by("pk")
    ),
    int,
)
_readers_of = KnownQuery(
    lambda case: CaseReader.objects.filter(case=case).select_related("unit", "user").order_by("pk"), int
)
_openings_of = KnownQuery(
    lambda case: (
        AccessLog.objects.filter(case=case, kind=AccessKind.OPENED_CASE)
        .values("kind")
        .annotate(times=Count("pk"), people=Count("user", distinct=True))
        .values_list("times", "people")
    ),
    int,
)


_files_of = KnownQuery(
    lambda case: (
        ComponentFile.objects.filter(component__document__case=case, superseded_by__isnull=True)
        .exclude(role=FileRole.FOR_SIGNATURE, component__files__role=FileRole.SIGNED)
        .select_related("stored_file__preview", "stored_file__signature_check", "component", "destruction")
        .order_by("component__position", "pk")
    ),
    int,
)
_events_of = KnownQuery(
    lambda case: Event.objects.filter(case=case).select_related("actor", "actor_post").order_by("-seq"), int
)
_event_values_of = KnownQuery(lambda case: EventValue.objects.filter(event__case=case).order_by("pk"), int)


def _joined(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("institution", "service__institution", "unit", "holder", "clock")


@lru_cache(maxsize=512)
def _readable(scope: Scope, _since: dt.datetime) -> KnownQuery[Case]:
    """The case with an address, if it may be opened now: put together once a day for whoever sees as far."""
    return KnownQuery(lambda public_id: _joined(Case.objects.readable_within(scope)).filter(public_id=public_id), str)


@lru_cache(maxsize=512)
def _documents(scope: Scope, _since: dt.datetime) -> KnownQuery[Document]:
    """The same for the documents of a case."""
    return KnownQuery(
        lambda case: Document.objects.readable_within(scope).filter(case=case).select_related("entry").order_by("pk"),
        int,
    )


class CasePageView(DeskPage):
    """A case. Each opening is logged; a restricted one asks for a reason first."""

    template_name = "desk/cases/case.html"
    header_icon = "folder-open-1"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.readable_case is None:
            self.template_name = "desk/cases/case_reason.html"
            return self.render_to_response(super().get_context_data(case=self.case))
        document = self.shown.component.document if self.shown else None
        note_opening(self.case, user=self.user, at=self.at, document=document)
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Case {number}").format(number=self.case)

    @cached_property
    def readable_case(self) -> Case | None:
        """The case, when the person may open it now."""
        scope = scope_of(self.user)
        return None if scope.is_empty else _readable(scope, start_of_today()).first(self.kwargs["public_id"])

    @cached_property
    def case(self) -> Case:
        visible = _joined(Case.objects.visible_to(self.user))
        return self.readable_case or get_object_or_404(visible, public_id=self.kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.case
        today = local_date(case, self.at)
        panels = self._from_hooks("registra_case_panels")
        entries = _entries_of(case.pk)
        return super().get_context_data(
            case=case,
            due=due_words(case.due_date, today) if case.due_date and not case.is_closed else None,
            steps=self._from_hooks("registra_case_steps"),
            act_panels=[panel for panel in panels if panel.place == "act"],
            main_panels=[panel for panel in panels if panel.place == "main"],
            aside_panels=[panel for panel in panels if panel.place == "side"],
            leads_to=case.handled_in() if case.state == CaseState.JOINED else None,
            relations=relations_of(case, self.user),
            shelves=self.shelves,
            parties=self._parties(),
            sendings=_sendings_of(case.pk),
            entries=entries,
            old_line=next((entry for entry in entries if entry.kind == EntryKind.IMPORTED), None),
            **self._shown(),
            **self._history(),
            **self._who_sees(),
            **self._verbs(),
            term=term_of(case, self.user, today=today),
            **kwargs,
        )

    def _from_hooks(self, name: str) -> list[Any]:
        return [piece for hook in hooks.get_hooks(name) for piece in hook(self.request, self.case)]

    # -- Documents

    @cached_property
    def shelves(self) -> list[Shelf]:
        """The documents that the person may open, each with its files; a better scan hides the worse."""
        scope = scope_of(self.user)
        if scope.is_empty:
            return []
        documents = _documents(scope, start_of_today())(self.case.pk)
        shelves = {document.pk: Shelf(document) for document in documents}
        files = [file for file in _files_of(self.case.pk) if file.component.document_id in shelves]
        signed = signed_of(files)
        for file in files:
            shelf = shelves[file.component.document_id]
            file.component.document = shelf.document
            is_gone = hasattr(file, "destruction")
            shelf.lines.append(FileLine(file, _name_in_list(file), signed.get(file.stored_file_id), is_gone))
        return list(shelves.values())

    @cached_property
    def shown(self) -> ComponentFile | None:
        """The file whose pages stand beside the list: the one asked for, else the first."""
        files = [line.file for shelf in self.shelves for line in shelf.lines]
        asked = self.request.GET.get("file", "")
        return next((file for file in files if str(file.pk) == asked), files[0] if files else None)

    def _shown(self) -> dict[str, Any]:
        file = self.shown
        if file is None:
            return {"shown": None}
        is_typed = file.component.role == ComponentRole.ANSWERS and file.role == FileRole.ORIGINAL
        if is_typed and (pages := answers_as_filed(file)):
            return {"shown": file, "answers": pages}
        preview = getattr(file.stored_file, "preview", None)
        if preview is None:
            previews.ask_for([file.stored_file_id], at=self.at)
            return {"shown": file, "is_being_made": True}
        return {
            "shown": file,
            "page_numbers": range(1, preview.pages + 1),
            "no_preview": preview.get_reason_display() if preview.state == PreviewState.NONE or preview.reason else "",
        }

    # -- What happened, who is concerned, who sees it

    def _history(self) -> dict[str, Any]:
        values: dict[int, list[EventValue]] = {}
        for value in _event_values_of(self.case.pk):
            values.setdefault(value.event_id, []).append(value)
        lines = [
            Happening(event, who_did(event), history.words_of(event, values=values.get(event.pk, ())))
            for event in _events_of(self.case.pk)
        ]
        return {"newest": lines[:EVENTS_AT_FIRST], "older": lines[EVENTS_AT_FIRST:]}

    def _parties(self) -> list[PartyLine]:
        names = dict(settings.LANGUAGES)
        return [
            PartyLine(party, str(names.get(party.language, party.language)), party.ways_in > 0)
            for party in _parties_of(self.case.pk)
        ]

    def _who_sees(self) -> dict[str, Any]:
        readers = _readers_of(self.case.pk)
        times, people = (_openings_of(self.case.pk) or [(0, 0)])[0]
        return {
            "reader_units": [str(reader.unit) for reader in readers if reader.unit],
            "reader_people": [str(reader.user) for reader in readers if reader.user],
            "openings": {"times": times, "people": people},
        }

    # -- What may be done

    def _verbs(self) -> dict[str, Any]:
        person = self.user
        return {
            "may_note": any(person.has_perm(name) for name in MAY_NOTE),
            "may_add": any(person.has_perm(name) for name in MAY_ADD),
            "may_correct": person.has_perm("cases.correct_case"),
            "may_register": person.has_perm("cases.register_document"),
            "may_send": person.has_perm("cases.dispatch_document"),
            "relation_kinds": RELATIONS_TO_CHOOSE,
            "open_states": [DispatchState.PREPARED, DispatchState.SENT],
        }


def _name_in_list(file: ComponentFile) -> str:
    """The part it is goes before the name where it says more than the name: an annex, an envelope, a copy.

    With a destroyed file went its name.
    """
    name = file.name or _("Destroyed file")
    if file.role == FileRole.SEARCHABLE:
        return f"{file.get_role_display()}: {name}"
    if file.component.role in (ComponentRole.LETTER, ComponentRole.ANSWERS):
        return file.office_name or name
    return f"{file.component.get_role_display()}: {name}"


def who_did(event: Event) -> str:
    """Whose act it was, as the history names them."""
    if event.capacity == Capacity.APPLICANT:
        return _("The applicant")
    if event.capacity == Capacity.JOB:
        return _("Registra, for {name}").format(name=event.actor) if event.actor else _("Registra")
    name = str(event.actor or "")
    if event.capacity == Capacity.SUBSTITUTE and event.actor_post:
        return _("{name} for {post}").format(name=name, post=event.actor_post)
    if event.capacity == Capacity.AT_COUNTER:
        return _("{name}, at the counter").format(name=name)
    return name


@dataclass(frozen=True)
class Related:
    """A case that belongs to this one, from this one's side."""

    case: Case
    words: str


_FROM_OTHER_SIDE = {
    RelationKind.SAME_MATTER: RelationKind.SAME_MATTER.label,
    RelationKind.FOLLOW_UP: gettext_lazy("Followed by"),
    RelationKind.APPEAL: gettext_lazy("Appealed by"),
    RelationKind.JOINED_INTO: gettext_lazy("Took in"),
    RelationKind.SPLIT_FROM: gettext_lazy("Split off"),
}


_relations_of = KnownQuery(
    lambda case: (
        CaseRelation.objects.filter(Q(case=case) | Q(other=case)).select_related("case", "other").order_by("pk")
    ),
    int,
)


def relations_of(case: Case, user: Any) -> list[Related]:
    """The related cases that the person may see."""
    related = [
        Related(one.other, one.get_kind_display())
        if one.case_id == case.pk
        else Related(one.case, str(_FROM_OTHER_SIDE[RelationKind(one.kind)]))
        for one in _relations_of(case.pk)
    ]
    if not related:
        return []
    ids = [one.case.pk for one in related]
    visible = set(Case.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [one for one in related if one.case.pk in visible]
