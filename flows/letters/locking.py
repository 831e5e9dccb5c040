"""Locking a decision for its signature, calling it back, and signing it: two steps (design: row 14).

The locked document with its place for a signature is one file, its digest stands in the request;
the signature comes back in the same second (a key on the server) or days later, and counts only over
that document.
"""

import datetime as dt
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases import history, outbox, signing
from cases.acting import Actor
from cases.capturing import FileToKeep, add_file, capture, keep_files
from cases.clock import local_date, rules_of
from cases.models import (
    Case,
    Component,
    ComponentFile,
    ComponentRole,
    Direction,
    Document,
    FileRole,
    LetterDraft,
    Post,
    Signature,
    SigningMethod,
    SigningRequest,
    SigningState,
    User,
)
from cases.originals import store
from cases.signature_levels import SignatureLevel, reached_in_words
from cases.texts import in_language
from flows.letters.drafting import check_finished
from flows.letters.setting import Signatory, set_letter
from flows.taking import TaskRefused

PDF = "application/pdf"


class NothingToSign(TaskRefused):
    def __init__(self, case: Case) -> None:
        super().__init__(_("No letter of case {number} is waiting for a signature.").format(number=case))


class SignatureDoesNotHold(TaskRefused):
    def __init__(self, reason: str) -> None:
        super().__init__(_("The signature was not accepted: {reason} The letter still waits.").format(reason=reason))


class SignatureTooWeak(TaskRefused):
    """The signature holds, but the service's rules ask for a stronger one."""

    def __init__(self, needed: SignatureLevel, reached: str) -> None:
        super().__init__(
            _(
                "The rules of this service ask for: {needed}. This one is: {reached}. Ask the administrator for a "
                "certificate of the level needed, then sign again. The letter still waits."
            ).format(needed=needed.label, reached=reached)
        )


def level_needed(case: Case) -> SignatureLevel:
    """What the rules that the case was filed under ask of a signature; any will do where there are none."""
    rules = rules_of(case)
    return SignatureLevel(rules.signature_level) if rules else SignatureLevel.SIMPLE


@transaction.atomic
def lock_letter(
    draft: LetterDraft, *, signer: User | None, post: Post | None, actor: Actor, at: dt.datetime
) -> SigningRequest:
    """The letter goes to signature: typeset with the stamp, captured and locked; nothing but a signature follows."""
    check_finished(draft, at=at)
    document = draft.document or _capture(draft, actor=actor, at=at)
    request = _prepare(draft, document, signer=signer, post=post, actor=actor, at=at)
    document.locked_at = at
    document.title = draft.title
    document.save(update_fields=["locked_at", "title"])
    history.record(
        draft.case, "LOCKED", actor=actor, at=at, personal={"title": draft.title}, document=document,
        payload={"digest": request.digest},
    )  # fmt: skip
    return request


def _capture(draft: LetterDraft, *, actor: Actor, at: dt.datetime) -> Document:
    document = capture(
        draft.case,
        title=draft.title,
        kind=draft.kind,
        direction=Direction.OUT,
        files=[],
        actor=actor,
        at=at,
        language=draft.language,
    )
    Component.objects.create(document=document, role=ComponentRole.LETTER, position=0, title=draft.title)
    draft.document = document
    draft.save(update_fields=["document"])
    return document


def _prepare(
    draft: LetterDraft, document: Document, *, signer: User | None, post: Post | None, actor: Actor, at: dt.datetime
) -> SigningRequest:
    signatory = Signatory.of(signer, post, draft.language)
    pdf = set_letter(draft, document, signatory=signatory, at=at)
    prepared = signing.prepare(pdf, at=at, name=signatory.name)
    component = document.components.get(role=ComponentRole.LETTER)
    earlier = component.files.filter(role=FileRole.FOR_SIGNATURE, superseded_by__isnull=True).first()
    file = _add_pdf(
        component, prepared.document, FileRole.FOR_SIGNATURE, _("letter.pdf"), actor=actor, at=at, better_than=earlier
    )
    return SigningRequest.objects.create(
        document=document,
        prepared_file=file,
        digest=prepared.digest,
        session={**prepared.session, "signatory": [signatory.name, signatory.office]},
        method=SigningMethod.SERVER_KEY,
        post=post,
        requested_by=_person(actor),
        requested_at=at,
    )


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise TaskRefused(_("Only a person brings a letter to its signature."))
    return actor.user


def _add_pdf(
    component: Component,
    content: bytes,
    role: str,
    name: str,
    *,
    actor: Actor,
    at: dt.datetime,
    better_than: ComponentFile | None = None,
) -> ComponentFile:
    [kept] = keep_files([FileToKeep(name, role=ComponentRole.LETTER, stream=BytesIO(content), media_type=PDF)])
    return add_file(component, kept, role=role, actor=actor, at=at, better_than=better_than)


def locked_letter(draft: LetterDraft) -> bytes | None:
    """The letter that is locked, signed if it is; None while it can be changed."""
    if draft.document is None or draft.document.locked_at is None:
        return None
    files = ComponentFile.objects.filter(component__document=draft.document, superseded_by__isnull=True)
    file = files.filter(role__in=[FileRole.SIGNED, FileRole.FOR_SIGNATURE]).order_by("-pk").first()
    return _content_of(file) if file else None


def _content_of(file: ComponentFile) -> bytes:
    with store().open(file.stored_file_id) as source:
        content: bytes = source.read()
    return content


def waiting_request(case: Case) -> SigningRequest | None:
    """The letter of the case that waits for its signature."""
    requests = SigningRequest.objects.filter(document__case=case, state=SigningState.WAITING)
    return requests.select_related("document", "prepared_file__component", "post").first()


@transaction.atomic
def call_back(case: Case, *, actor: Actor, at: dt.datetime) -> Document | None:
    """Take the letter back before it is signed: it can be changed again."""
    request = waiting_request(case)
    if request is None:
        return None
    _end(request, SigningState.CALLED_BACK, at=at)
    document = request.document
    document.locked_at = None
    document.save(update_fields=["locked_at"])
    history.record(
        case, "SIGNATURE_CALLED_BACK", actor=actor, at=at, personal={"title": document.title}, document=document
    )
    return document


def _end(request: SigningRequest, state: str, *, at: dt.datetime) -> None:
    request.state, request.ended_at = state, at
    request.save(update_fields=["state", "ended_at"])


@transaction.atomic
def sign_letter(case: Case, *, signer: User, post: Post | None, actor: Actor, at: dt.datetime) -> Signature:
    """Sign the waiting letter with the signer's key on the server.

    The stamp must name who really signs, and the day: where it does not (a substitute, days later), the
    letter is typeset anew, and what was locked before is superseded.
    """
    request = waiting_request(case)
    if request is None:
        raise NothingToSign(case)
    document = request.document
    draft = LetterDraft.objects.get(document=document)
    draft.case, draft.document = case, document
    if not _stamp_is_true(request, Signatory.of(signer, post, draft.language), case, at):
        _end(request, SigningState.CALLED_BACK, at=at)
        request = _prepare(draft, document, signer=signer, post=post, actor=actor, at=at)
    return _put_signature(request, case, signer, post, actor=actor, at=at)


def _stamp_is_true(request: SigningRequest, signatory: Signatory, case: Case, at: dt.datetime) -> bool:
    is_same_day = local_date(case, request.requested_at) == local_date(case, at)
    return is_same_day and request.session.get("signatory") == [signatory.name, signatory.office]


def _put_signature(
    request: SigningRequest, case: Case, signer: User, post: Post | None, *, actor: Actor, at: dt.datetime
) -> Signature:
    document = request.document
    prepared = _resumed(request)
    identity = _identity(case, signer, post)
    try:
        signed = signing.sign_with_server_key(prepared, identity, at=at)
    except signing.SignatureRefused as refusal:
        raise SignatureDoesNotHold(str(refusal)) from refusal
    verdict = signing.verify(signed, at=at, original=prepared.document[: prepared.original_size])
    if not verdict.is_valid:
        raise SignatureDoesNotHold(str(verdict.reason))
    record = verdict.as_record(at=at)
    found = record["signatures"][-1]
    _check_level(found, level_needed(case))
    component = request.prepared_file.component
    file = _add_pdf(component, signed, FileRole.SIGNED, _("letter.pdf"), actor=actor, at=at)
    _end(request, SigningState.SIGNED, at=at)
    signature = Signature.objects.create(
        request=request,
        signer=signer,
        signed_file_id=file.stored_file_id,
        level=found["level"],
        certificate={key: found[key] for key in ("name", "office", "institution", "issuer", "serial_number",
                                                 "certificate_sha256", "valid_from", "valid_until")},
        verdict=record,
        signed_at=at,
    )  # fmt: skip
    history.record(
        case,
        "SIGNED",
        actor=actor,
        at=at,
        is_public=True,
        payload={"digest": request.digest, "file": file.stored_file_id, "milestone": "BEING_SIGNED"},
        personal={"title": document.title},
        document=document,
    )
    outbox.put("make_previews", at=at, case=case, files=[file.stored_file_id])
    return signature


def _check_level(found: dict[str, Any], needed: SignatureLevel) -> None:
    """An organisation's seal is nobody's signature, however strong (Regulation 910/2014 art. 3, points 9 and 25)."""
    is_seal = found["is_seal"] and needed is not SignatureLevel.SIMPLE
    if is_seal or not SignatureLevel(found["strength"]).reaches(needed):
        raise SignatureTooWeak(needed, reached_in_words(found))


def _resumed(request: SigningRequest) -> signing.PreparedSignature:
    content = _content_of(request.prepared_file)
    return signing.PreparedSignature.resumed(content, request.digest, request.session)


def _identity(case: Case, signer: User, post: Post | None) -> signing.SignerIdentity:
    """Certificates name people in the institution's main language."""
    institution = case.institution
    main = institution.main_language
    return signing.SignerIdentity(
        name=str(signer),
        institution=in_language(institution.names, main, main=main).words,
        office=in_language(post.titles, main, main=main).words if post else "",
        country=institution.country,
    )
