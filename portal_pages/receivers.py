"""Keeps what the public pages remember in step with what editors publish."""

from django.dispatch import receiver
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from portal_pages.portal import forget_cached


@receiver([page_published, page_unpublished, page_slug_changed, post_page_move])
def show_the_new_menu(**_kwargs: object) -> None:
    forget_cached()
