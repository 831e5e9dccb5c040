"""The addresses of records management, all under ``archive/records/``."""

from django.urls import URLPattern, path

from search.desk.records import due, lists, page, plan, transfers


def addresses() -> list[URLPattern]:
    here = "archive/records/"
    return [
        path(here, page.RecordsHomeView.as_view(), name="desk_records"),
        path(f"{here}cases/", due.DueView.as_view(), name="desk_records_due"),
        path(f"{here}cases/many/", due.ManyCasesView.as_view(), name="desk_records_many"),
        path(f"{here}cases/count/", due.CountAgainView.as_view(), name="desk_records_count"),
        path(f"{here}cases/<slug:public_id>/hold/", due.HoldCaseView.as_view(), name="desk_records_hold"),
        path(f"{here}holds/", due.HoldsView.as_view(), name="desk_records_holds"),
        path(f"{here}holds/lift/", due.LiftHoldsView.as_view(), name="desk_records_lift"),
        path(f"{here}lists/", lists.ListsView.as_view(), name="desk_records_lists"),
        path(f"{here}lists/propose/", lists.ProposeListsView.as_view(), name="desk_records_propose"),
        path(f"{here}lists/<int:pk>/", lists.ListView.as_view(), name="desk_records_list"),
        path(f"{here}lists/<int:pk>/<slug:verb>/", lists.ListActView.as_view(), name="desk_records_list_act"),
        path(f"{here}transfers/", transfers.TransfersView.as_view(), name="desk_records_transfers"),
        path(f"{here}transfers/new/", transfers.ProposeTransferView.as_view(), name="desk_records_transfer_new"),
        path(f"{here}transfers/<int:pk>/", transfers.TransferView.as_view(), name="desk_records_transfer"),
        path(
            f"{here}transfers/<int:pk>/package/", transfers.PackageView.as_view(), name="desk_records_transfer_package"
        ),
        path(
            f"{here}transfers/<int:pk>/<slug:verb>/",
            transfers.TransferActView.as_view(),
            name="desk_records_transfer_act",
        ),
        path(f"{here}plan/", plan.PlanView.as_view(), name="desk_records_plan"),
        path(f"{here}plan/new/", plan.NewClassView.as_view(), name="desk_records_class_new"),
        path(f"{here}plan/import/", plan.ImportPlanView.as_view(), name="desk_records_plan_import"),
        path(f"{here}plan/examples/<slug:key>/", plan.ExamplePlanView.as_view(), name="desk_records_plan_example"),
        path(f"{here}plan/<int:pk>/", plan.ClassView.as_view(), name="desk_records_class"),
        path(f"{here}plan/<int:pk>/edit/", plan.EditClassView.as_view(), name="desk_records_class_edit"),
        path(f"{here}plan/<int:pk>/end/", plan.EndClassView.as_view(), name="desk_records_class_end"),
    ]
