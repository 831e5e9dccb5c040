"""Wires everything: settings, addresses, processes."""

from registra.celery import app as celery_app

__all__ = ["celery_app"]
