"""The general procedure of a town hall, from the register to the dispatch.

Built-in; the procedures that process owners draw are compiled into classes of the same kinds of
nodes (``flows.nodes``). A node must not be called like a method of Viewflow's classes (``resolve``,
``cancel``, ``lock``); what people read is its step (``flows.steps``).
"""

from viewflow import this
from viewflow.workflow.base import Flow

from flows import deadlines
from flows.models import CaseProcess
from flows.nodes import (
    CaseEnd,
    CaseLock,
    CaseStart,
    DeadlineActivation,
    PersonTask,
    UnitJoin,
    UnitSplit,
    WaitForApplicant,
)


class GeneralProcedure(Flow):
    """General procedure

    Completeness, resolution, handling with opinions, decision, signature, dispatch.
    """

    process_class = CaseProcess
    lock_impl = CaseLock()

    # the unit that received it
    registered = CaseStart().Next(this.completeness)
    completeness = (
        PersonTask("check_completeness", performer="CASE_UNIT", permission="cases.check_completeness", days=2)
        .On("COMPLETE", this.resolution)
        .On("ASKED_APPLICANT", this.waiting_for_applicant)
        .Until(this.tell_late)
    )
    waiting_for_applicant = WaitForApplicant().BackTo(this.completeness, this.handling, this.drafting).Until(this.go_on)

    # its head
    resolution = (
        PersonTask("resolve", performer="HEAD", permission="cases.resolve_case", days=1)
        .On("RESOLVED", this.handling)
        .On("TO_UNIT", this.resolution)
        .On("TO_REGISTRY", this.completeness)
        .Until(this.tell_late)
    )

    # the officer, with other units in parallel
    handling = (
        PersonTask("handle", performer="HOLDER", permission="cases.handle_case", days=10)
        .On("HANDLED", this.drafting)
        .On("ASKED_OPINIONS", this.asking_opinions)
        .On("ASKED_APPLICANT", this.waiting_for_applicant)
        .Until(this.tell_late)
    )
    asking_opinions = UnitSplit().Each(this.opinion)
    opinion = (
        PersonTask("give_opinion", performer="CASE_UNIT", permission="cases.give_opinion", days=5)
        .On("GIVEN", this.opinions_in)
        .On("WITHDRAWN", this.opinions_in)
        .Until(this.tell_late)
    )
    opinions_in = UnitJoin().Next(this.drafting)
    drafting = (
        PersonTask("draft", performer="HOLDER", permission="cases.handle_case", days=5)
        .On("DRAFTED", this.asking_agreement)
        .On("DRAFTED_WITHOUT_AGREEING", this.approval)
        .On("ASKED_OPINIONS", this.asking_opinions)
        .On("ASKED_APPLICANT", this.waiting_for_applicant)
        .Until(this.tell_late)
    )

    # whoever has to agree
    asking_agreement = UnitSplit().Each(this.agreeing)
    agreeing = (
        PersonTask("agree", performer="CASE_UNIT", permission="cases.agree_decision", days=3)
        .On("AGREED", this.agreed)
        .On("SENT_BACK", this.drafting, leaves_block=True)
        .Until(this.tell_late)
    )
    agreed = UnitJoin().Next(this.approval)

    # the head, the mayor, the registry
    approval = (
        PersonTask("approve", performer="HEAD", permission="cases.approve_decision", days=2)
        .On("APPROVED", this.signature)
        .On("SENT_BACK", this.drafting)
        .Until(this.tell_late)
    )
    signature = (
        PersonTask("sign", performer="EXECUTIVE", permission="cases.sign_decision", days=2)
        .On("SIGNED", this.dispatching)
        .On("SENT_BACK", this.drafting)
        .On("CALLED_BACK", this.drafting)
        .Until(this.tell_late)
    )
    dispatching = (
        PersonTask("dispatch", performer="REGISTRY", permission="cases.dispatch_document", days=1)
        .On("DISPATCHED", this.closed)
        .Until(this.tell_late)
    )
    closed = CaseEnd()

    def tell_late(self, activation: DeadlineActivation) -> None:
        deadlines.tell_late(activation)

    def go_on(self, activation: DeadlineActivation) -> None:
        deadlines.end_wait_in_silence(activation)

    def deadline_failed(self, activation: DeadlineActivation, error: Exception) -> None:
        deadlines.tell_failure(activation.task, error, at=activation.deed.at)
