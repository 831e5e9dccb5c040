"""The records office's place in the office: addresses, menu, and what is changed in Wagtail's shell."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.log_actions import LogActionRegistry

from cases.desk import (
    case_acts,
    case_page,
    counter,
    institution,
    jobs,
    letterhead,
    own_days,
    papers,
    print_list,
    refused_plans,
    register_book,
    rules,
    shell,
    term,
)
from cases.rights import scope_of

BaseChooser.render = shell.chooser_without_script


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action(refused_plans.REFUSED)(refused_plans.RefusedFormatter)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("register/", register_book.RegisterBookView.as_view(), name="desk_register"),
        path("register/paper/", register_book.RegisterPaperView.as_view(), name="desk_register_paper"),
        path("register/<int:pk>/void/", register_book.VoidEntryView.as_view(), name="desk_void_entry"),
        path("counter/", counter.CounterView.as_view(), name="desk_counter"),
        path("counter/senders/", counter.SendersView.as_view(), name="desk_counter_senders"),
        path("counter/forms/", counter.AssistedView.as_view(), name="desk_assisted"),
        path("counter/<int:pk>/label/", counter.LabelView.as_view(), name="desk_counter_label"),
        path("counter/<int:pk>/receipt/", counter.ReceiptView.as_view(), name="desk_counter_receipt"),
        path("print-list/", print_list.PrintListView.as_view(), name="desk_print_list"),
        path("jobs/", jobs.JobListView.as_view(), name="desk_jobs"),
        path("jobs/retry/", jobs.RetryView.as_view(), name="desk_jobs_retry_all"),
        path("jobs/<int:pk>/retry/", jobs.RetryView.as_view(), name="desk_jobs_retry"),
        path("rules/", rules.RulesListView.as_view(), name="desk_rules"),
        path("rules/<slug:code>/", rules.RulesOfServiceView.as_view(), name="desk_service_rules"),
        path("rules/<slug:code>/new/", rules.EditRulesView.as_view(), name="desk_new_rules"),
        path("rules/<slug:code>/<int:pk>/", rules.EditRulesView.as_view(), name="desk_edit_rules"),
        path("rules/<slug:code>/<int:pk>/withdraw/", rules.WithdrawRulesView.as_view(), name="desk_withdraw_rules"),
        path("letterhead/", letterhead.LetterheadView.as_view(), name="desk_letterhead"),
        path("institution/", institution.InstitutionView.as_view(), name="desk_institution"),
        path("days-off/", own_days.OwnDaysView.as_view(), name="desk_own_days"),
        path("days-off/<int:pk>/withdraw/", own_days.WithdrawDayView.as_view(), name="desk_withdraw_day"),
        path("days-off/recount/", own_days.RecountView.as_view(), name="desk_recount_terms"),
        path("files/<int:pk>/", papers.StoredFileView.as_view(), name="desk_file"),
        path("files/<int:pk>/pages/<int:page>/", papers.PageImageView.as_view(), name="desk_page_image"),
        path("case/<slug:public_id>/", case_page.CasePageView.as_view(), name="desk_case"),
        path("case/<slug:public_id>/reason/", case_acts.GiveReasonView.as_view(), name="desk_case_reason"),
        path("case/<slug:public_id>/note/", case_acts.PhoneNoteView.as_view(), name="desk_phone_note"),
        path("case/<slug:public_id>/message/", case_acts.MessageView.as_view(), name="desk_message"),
        path("case/<slug:public_id>/document/", case_acts.AddDocumentView.as_view(), name="desk_add_document"),
        path("case/<slug:public_id>/extend/", term.ExtendView.as_view(), name="desk_extend_term"),
        path("case/<slug:public_id>/relate/", case_acts.RelateView.as_view(), name="desk_relate"),
        path("case/<slug:public_id>/subject/", case_acts.CorrectSubjectView.as_view(), name="desk_correct_subject"),
        path("case/<slug:public_id>/join/", case_acts.JoinCasesView.as_view(), name="desk_join_cases"),
        path("case/<slug:public_id>/move/", case_acts.MoveDocumentView.as_view(), name="desk_move_document"),
        path("case/<slug:public_id>/title/", case_acts.RetitleDocumentView.as_view(), name="desk_retitle_document"),
        path("case/<slug:public_id>/sending/", case_acts.SendingView.as_view(), name="desk_sending"),
        path("case/<slug:public_id>/access/", case_acts.AccessAgainView.as_view(), name="desk_access_again"),
    ]


class VerbMenuItem(MenuItem):
    """Shown to whoever has the permission."""

    def __init__(self, label: str | Promise, url: str | Promise, *, permission: str, **kwargs: Any) -> None:
        super().__init__(label, url, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))


class BookMenuItem(MenuItem):
    """Shown to whoever sees cases at all."""

    def is_shown(self, request: HttpRequest) -> bool:
        scope = scope_of(request.user)
        return bool(scope.unit_ids or scope.whole_institutions or scope.closed_in_institutions)


@hooks.register("register_admin_menu_item")
def counter_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Enter an item"),
        reverse_lazy("desk_counter"),
        permission="cases.register_document",
        name="counter",
        icon_name="plus",
        order=120,
    )


@hooks.register("register_admin_menu_item")
def assisted_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Fill in a form"),
        reverse_lazy("desk_assisted"),
        permission="cases.register_document",
        name="assisted",
        icon_name="form",
        order=125,
    )


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    return BookMenuItem(_("Register"), reverse_lazy("desk_register"), name="register", icon_name="list-ul", order=130)


@hooks.register("register_admin_menu_item")
def print_list_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Print list"),
        reverse_lazy("desk_print_list"),
        permission="cases.dispatch_document",
        name="print-list",
        icon_name="mail",
        order=150,
    )


@hooks.register("register_admin_menu_item")
def jobs_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Jobs"), reverse_lazy("desk_jobs"), permission="cases.run_outbox", name="jobs", icon_name="tasks", order=170
    )


@hooks.register("register_admin_menu_item")
def rules_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Record rules"),
        reverse_lazy("desk_rules"),
        permission=rules.PERMISSION,
        name="record-rules",
        icon_name="clipboard-list",
        order=210,
    )


@hooks.register("register_admin_menu_item")
def own_days_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Days off"),
        reverse_lazy("desk_own_days"),
        permission=own_days.PERMISSION,
        name="own-days",
        icon_name="calendar-alt",
        order=215,
    )


@hooks.register("register_admin_menu_item")
def institution_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Institution"),
        reverse_lazy("desk_institution"),
        permission=institution.PERMISSION,
        name="institution",
        icon_name="globe",
        order=206,
    )


@hooks.register("register_admin_menu_item")
def letterhead_menu_item() -> MenuItem:
    return VerbMenuItem(
        _("Letterhead"),
        reverse_lazy("desk_letterhead"),
        permission=letterhead.PERMISSION,
        name="letterhead",
        icon_name="mail",
        order=207,
    )
