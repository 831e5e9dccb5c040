"""Addresses of the public site that are not pages: short printed ones, and those in each language."""

from django.urls import path

from portal_pages.views import looks

without_language = [
    path("language/<str:code>/", looks.set_language, name="set_language"),
    path("text-size/<str:size>/", looks.set_text_size, name="set_text_size"),
    path("look/<slug:slug>-<str:fingerprint>.css", looks.theme, name="theme"),
]

in_each_language: list = []
