"""From a filled-in form to the one door: what was answered becomes a Submission of `cases.registration`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cases.acting import Actor
from cases.models import Channel, DeliveryChannel, PartyKind, PartyRole
from cases.originals import Kept
from cases.registration import Filed, FileToKeep, PartyAsFiled, PlaceAsFiled, Submission, register
from cases.texts import in_language
from portal_pages import drafts
from portal_pages.forms.answers import Reading, answers_document
from portal_pages.forms.applicant import COMPANY, REPRESENTATIVE
from portal_pages.forms.definition import Form, Question
from portal_pages.forms.kinds import Asking, Kind, Line, PersonId, PlaceOnMap, Rows
from portal_pages.forms.kinds.contact import address_lines
from portal_pages.forms.kinds.identifiers import DOCUMENT
from portal_pages.models import Draft, StagedFile
from portal_pages.offered import service_as_filed
from portal_pages.receipts import ReceiptPage, receipt_at_once, receipt_page


def file_form(
    draft: Draft,
    form: Form,
    reading: Reading,
    files: Iterable[StagedFile],
    asking: Asking,
    *,
    channel: Channel,
    actor: Actor,
    at: dt.datetime,
) -> ReceiptPage:
    """Register a finished form and note it with the draft, whose submission key makes a second press the same entry."""
    draft.service = service_as_filed(draft.service, at=at)
    service, answers = draft.service, reading.answers
    place = place_as_filed(form, answers)
    submission = Submission(
        institution=service.institution,
        service=service,
        channel=channel,
        submission_key=draft.submission_key,
        subject=subject_of(draft, place),
        language=asking.language,
        received_at=at,
        parties=parties_as_filed(answers, language=asking.language),
        files=[
            FileToKeep(
                file.name,
                question_key=file.question_key,
                path=file.path,
                kept=Kept(file.sha256, file.size),
                media_type=file.media_type,
            )
            for file in files
            if file.question_key in answers
        ],
        answers=answers_for_conditions(form, answers),
        asked=answers_document(form, answers, asking),
        place=place,
        versions={"form": form.name},
    )
    new: list[Filed] = []

    def note(filed: Filed) -> None:
        drafts.mark_filed(draft, filed.entry, at=at)
        new.append(filed)

    entry = register(submission, actor=actor, at=at, and_note=note)
    if new and new[-1].entry is entry:
        return receipt_at_once(new[-1])
    # Another press of the same form was faster, and this one kept what was typed once more.
    drafts.mark_filed(draft, entry, at=at)
    return receipt_page(entry.pk)


def subject_of(draft: Draft, place: PlaceAsFiled | None) -> str:
    """The register's line: the service in the institution's main language, and where."""
    service = draft.service
    name = in_language(service.names, service.institution.main_language).words
    return f"{name}: {place.words}" if place else name


def parties_as_filed(answers: Mapping[str, Any], *, language: str) -> list[PartyAsFiled]:
    """The people of the common block; the first is who filed, and gets receipt and access."""
    reach: dict[str, Any] = {
        "address": address_lines(answers.get("applicant_address", {})),
        "email": answers.get("email", ""),
        "phone": answers.get("phone", ""),
        "language": answers.get("letters_language", language),
        "result_channel": answers.get("delivery_preference", DeliveryChannel.PORTAL),
    }
    if answers.get("applicant_kind") == COMPANY:
        return _company(answers, reach)
    scheme, number = _person_number(answers.get("applicant_id"))
    applicant = PartyAsFiled(
        role=PartyRole.APPLICANT,
        name=answers.get("applicant_name", ""),
        identifier_kind=scheme,
        identifier=number,
        **reach,
    )
    if answers.get("applicant_kind") != REPRESENTATIVE:
        return [applicant]
    name = answers.get("representative_name", "")
    return [PartyAsFiled(role=PartyRole.REPRESENTATIVE, name=name, represents=1, **reach), applicant]


def _company(answers: Mapping[str, Any], reach: Mapping[str, Any]) -> list[PartyAsFiled]:
    number = answers.get("organisation_id", {})
    company = PartyAsFiled(
        role=PartyRole.APPLICANT,
        kind=PartyKind.ORGANISATION,
        name=answers.get("organisation_name", ""),
        identifier_kind=number.get("scheme", ""),
        identifier=number.get("number", ""),
        **reach,
    )
    contact = answers.get("contact_person")
    return (
        [company, PartyAsFiled(role=PartyRole.CONTACT, name=contact, language=reach["language"])]
        if contact
        else [company]
    )


def _person_number(answer: Mapping[str, str] | None) -> tuple[str, str]:
    if not answer:
        return "", ""
    number = answer["number"]
    return answer["scheme"], f"{answer['country']} {number}" if answer["scheme"] == DOCUMENT else number


def place_as_filed(form: Form, answers: Mapping[str, Any]) -> PlaceAsFiled | None:
    """The first place or line that was answered; one in rows only where no question of its own asks for it."""
    places = [*_places(form.questions(), answers)] or [*_places_in_rows(form.questions(), answers)]
    if not places:
        return None
    kind, place = places[0]
    geometry = _geometry(place)
    source = "TYPED" if geometry and isinstance(kind, Line) else place.get("source", "")
    return PlaceAsFiled(words=place["words"], geometry=geometry, geometry_source=source)


def _places(questions: Iterable[Question], answers: Mapping[str, Any]) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    for question in questions:
        if isinstance(question.kind, PlaceOnMap | Line) and question.key in answers:
            yield question.kind, answers[question.key]


def _places_in_rows(
    questions: Iterable[Question], answers: Mapping[str, Any]
) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    for question in questions:
        if isinstance(question.kind, Rows):
            for row in answers.get(question.key, ()):
                yield from _places(question.kind.questions, row)


def _geometry(place: Mapping[str, Any]) -> dict[str, Any] | None:
    """GeoJSON (RFC 7946), longitude first; a line of which one point has coordinates is that point."""
    if point := place.get("point"):
        return {"type": "Point", "coordinates": _coordinates(point)}
    points = [_coordinates(point) for point in place.get("points", ()) if "latitude" in point]
    if len(points) > 1:
        return {"type": "LineString", "coordinates": points}
    return {"type": "Point", "coordinates": points[0]} if points else None


def _coordinates(point: Mapping[str, str]) -> list[float]:
    return [float(point["longitude"]), float(point["latitude"])]


def answers_for_conditions(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by key, for conditions, letters and filters; personal numbers only by their last digits.

    The whole number stands in the original, which is opened with a right and logged.
    """
    return _with_short_numbers(form.questions(), answers)


def _with_short_numbers(questions: Iterable[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(answers)
    for question in questions:
        if question.key not in kept:
            continue
        answer, kind = kept[question.key], question.kind
        if isinstance(kind, PersonId):
            kept[question.key] = {**answer, "number": f"…{answer['number'][-4:]}"}
        elif isinstance(kind, Rows):
            kept[question.key] = [_with_short_numbers(kind.questions, row) for row in answer]
    return kept
