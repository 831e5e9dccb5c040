"""Addresses of the public site that are not pages: short printed ones, and those in each language."""

from django.urls import URLPattern, path

from portal_pages.views import filing, looks, short, tracking

without_language: list[URLPattern] = [
    path("c/<str:token>", tracking.open_by_link, name="open_by_link"),
    path("t/", tracking.start, name="tracking_start"),
    path("r/<str:token>", filing.resume, name="resume"),
    path("s/<slug:code>", short.service, name="short_service"),
    path("d/<slug:token>", short.document_check, name="document_check"),
    path("language/<str:code>/", looks.set_language, name="set_language"),
    path("text-size/<str:size>/", looks.set_text_size, name="set_text_size"),
    path("look/crest/<str:sha256>.png", looks.crest, name="crest"),
    path("look/<slug:slug>-<str:fingerprint>.css", looks.theme, name="theme"),
]

in_each_language: list[URLPattern] = [
    *filing.filing_paths(filing.FilingPlace(), prefix="apply/"),
    path("track/", tracking.TrackView.as_view(), name="track"),
    path("track/leave/", tracking.leave, name="leave_cases"),
    path("track/<slug:public_id>/", tracking.TrackedCaseView.as_view(), name="tracked_case"),
    path("track/<slug:public_id>/answers/<int:file_id>/", tracking.AnswersView.as_view(), name="tracked_answers"),
    path("track/<slug:public_id>/file/<int:file_id>/", tracking.CaseFileView.as_view(), name="tracked_file"),
]
