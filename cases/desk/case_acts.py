"""What can be done on the case page: each verb is a short POST that makes one operation call."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cases import corrections
from cases.adding import NothingToAdd, add_document
from cases.corrections import CorrectionRefused
from cases.desk.fields import all_arrived, as_brought, why_not_taken
from cases.desk.page import Admitted, CaseAct, address_of
from cases.dispatching import DispatchRefused, mark_delivered, mark_returned, mark_sent
from cases.leading import NoSuchNumber, SeveralCases, case_with_number
from cases.models import Case, Dispatch, Document, Party
from cases.notes import NothingSaid, add_phone_note, send_message
from cases.opening import ReasonMissing, give_reason
from cases.outside_access import give_access

MAY_NOTE = ("cases.register_document", "cases.handle_case", "cases.resolve_case", "cases.give_opinion")
MAY_ADD = ("cases.handle_case", "cases.resolve_case", "cases.give_opinion")
NUMBER_LEADS_NOWHERE = (NoSuchNumber, SeveralCases)


class GiveReasonView(Admitted):
    """Say why a restricted case must be opened; the reason is kept and holds for the day."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = get_object_or_404(Case.objects.visible_to(self.user), public_id=kwargs["public_id"])
        try:
            give_reason(case, reason=request.POST.get("reason", ""), user=self.user, at=self.at)
        except ReasonMissing as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address_of(case))


class VerbOfSeveralRoles(CaseAct):
    """A verb that belongs to several roles: one of the permissions is enough."""

    permissions: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not any(self.user.has_perm(name) for name in self.permissions):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class PhoneNoteView(VerbOfSeveralRoles):
    permissions = MAY_NOTE
    refusals = (NothingSaid,)

    def act(self, case: Case) -> str:
        add_phone_note(case, words=self.request.POST.get("words", ""), actor=self.actor, at=self.at)
        return _("The note was kept. Only the office reads it.")


class MessageView(VerbOfSeveralRoles):
    permissions = MAY_NOTE
    refusals = (NothingSaid,)

    def act(self, case: Case) -> str:
        send_message(case, words=self.request.POST.get("words", ""), actor=self.actor, at=self.at)
        return _("The message is on its way to the applicant.")


class AddDocumentView(VerbOfSeveralRoles):
    """Something that the office made itself."""

    permissions = MAY_ADD
    refusals = (NothingToAdd,)

    def act(self, case: Case) -> str:
        uploads = self.request.FILES.getlist("files")
        all_arrived(uploads)
        if refused := [words for words in map(why_not_taken, uploads) if words]:
            raise NothingToAdd(" ".join(refused))
        files = [as_brought(file) for file in uploads]
        title = self.request.POST.get("title", "")
        document = add_document(case, title=title, files=files, actor=self.actor, at=self.at)
        return _("“{title}” was added.").format(title=document.title)


class RelateView(VerbOfSeveralRoles):
    permissions = (*MAY_NOTE, "cases.correct_case")
    refusals = (CorrectionRefused, *NUMBER_LEADS_NOWHERE)

    def act(self, case: Case) -> str:
        other = case_with_number(self.request.POST.get("number", ""), user=self.user)
        kind = self.request.POST.get("kind", "")
        corrections.relate(case, other, kind=kind, actor=self.actor, at=self.at)
        return _("{number} belongs to this case now.").format(number=other)


class CorrectSubjectView(CaseAct):
    permission = "cases.correct_case"
    refusals = (CorrectionRefused,)

    def act(self, case: Case) -> str:
        asked = self.request.POST
        corrections.correct_subject(
            case, subject=asked.get("subject", ""), reason=asked.get("reason", ""), actor=self.actor, at=self.at
        )
        return _("The subject was corrected. The old one stays readable below.")


class JoinCasesView(CaseAct):
    """One answer for two cases; this one's number leads to the other from now on."""

    permission = "cases.correct_case"
    refusals = (CorrectionRefused, *NUMBER_LEADS_NOWHERE)

    def act(self, case: Case) -> str:
        into = case_with_number(self.request.POST.get("number", ""), user=self.user)
        corrections.join_cases(case, into=into, actor=self.actor, at=self.at)
        return _("The case is handled as {number} from now on.").format(number=into)


class DocumentAct(CaseAct):
    """A correction of one document of the case."""

    permission = "cases.correct_case"

    def document(self, case: Case) -> Document:
        chosen = self.request.POST.get("document", "")
        readable = Document.objects.readable_by(self.user).filter(case=case).select_related("case__institution")
        return get_object_or_404(readable, pk=chosen if chosen.isdecimal() else 0)


class MoveDocumentView(DocumentAct):
    refusals = (CorrectionRefused, *NUMBER_LEADS_NOWHERE)

    def act(self, case: Case) -> str:
        document, reason = self.document(case), self.request.POST.get("reason", "")
        to = case_with_number(self.request.POST.get("number", ""), user=self.user)
        corrections.move_document(document, to=to, reason=reason, actor=self.actor, at=self.at)
        return _("“{title}” is in case {number} now.").format(title=document.title, number=to)


class RetitleDocumentView(DocumentAct):
    refusals = (CorrectionRefused,)

    def act(self, case: Case) -> str:
        document, asked = self.document(case), self.request.POST
        corrections.retitle_document(
            document, title=asked.get("title", ""), reason=asked.get("reason", ""), actor=self.actor, at=self.at
        )
        return _("The title was corrected.")


class SendingView(CaseAct):
    """What became of a letter: it left the house, was handed over, or came back."""

    permission = "cases.dispatch_document"
    refusals = (DispatchRefused,)

    def act(self, case: Case) -> str:
        chosen, verb = self.request.POST.get("sending", ""), self.request.POST.get("verb", "")
        sending = get_object_or_404(Dispatch.objects.filter(case=case), pk=chosen if chosen.isdecimal() else 0)
        how: dict[str, Any] = {"actor": self.actor, "at": self.at}
        if verb == "sent":
            mark_sent(sending, **how)
        elif verb == "delivered":
            mark_delivered(sending, **how)
        else:
            reason = self.request.POST.get("reason", "")
            mark_returned(sending, reason=reason, is_refused=verb == "refused", **how)
        return _("Noted: {state}.").format(state=sending.get_state_display())


class AccessAgainView(CaseAct):
    """New digits for somebody who lost the receipt and stands at the counter or was recognised on the telephone."""

    permission = "cases.register_document"

    def act(self, case: Case) -> str:
        chosen = self.request.POST.get("party", "")
        living = Party.objects.filter(case=case, ended_at__isnull=True)
        party = get_object_or_404(living, pk=chosen if chosen.isdecimal() else 0)
        given = give_access(party, actor=self.actor, at=self.at)
        return _("New digits for {name}: {digits}. The old ones no longer open the case.").format(
            name=party, digits=given.grouped
        )
