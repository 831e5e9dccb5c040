"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class StaticFilesConfig(DjangoStaticFilesConfig):
    # Viewflow's own front end is not shown to anybody, and its style sheets name files that it does not ship.
    ignore_patterns = [*DjangoStaticFilesConfig.ignore_patterns, "viewflow"]
