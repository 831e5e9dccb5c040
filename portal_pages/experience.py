"""How long cases of a service really take, told beside the legal term."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils.translation import ngettext

from cases.models import Case, Service

LOOKED_BACK = dt.timedelta(days=365)
CASES_NEEDED = 10
MOST_CASES = 1000
KEPT_SECONDS = 6 * 60 * 60


def experience_in_words(service: Service, *, at: dt.datetime) -> str:
    """“8 of 10 such cases end within 9 days”; empty where a town has too few cases to say so."""
    days = days_of_most(service, at=at)
    if days is None:
        return ""
    return ngettext(
        "8 of 10 such cases end within {number} day", "8 of 10 such cases end within {number} days", days
    ).format(number=days)


def days_of_most(service: Service, *, at: dt.datetime) -> int | None:
    """Within how many calendar days eight of ten cases ended, of those closed in the last twelve months.

    None with fewer than ten of them: two or three cases are no experience, and would tell of single people.
    The figure moves by a day in weeks, so it is asked for once in six hours by each process and kept, not worked
    out for each reader: one query by the service's index that reads two moments of the newest thousand cases. A
    stored figure would need a column, a job and an answer to "how old is it" for the same number.
    """
    key = f"portal-experience-{service.pk}"
    kept: tuple[int | None] | None = cache.get(key)
    if kept is None:
        kept = (_count_days(service, at=at),)
        cache.set(key, kept, KEPT_SECONDS)
    return kept[0]


def _count_days(service: Service, *, at: dt.datetime) -> int | None:
    closed = Case.objects.filter(service=service, closed_at__gte=at - LOOKED_BACK, closed_at__lte=at)
    moments = list(closed.order_by("-closed_at").values_list("opened_at", "closed_at")[:MOST_CASES])
    if len(moments) < CASES_NEEDED:
        return None
    zone = ZoneInfo(service.institution.time_zone)
    dates = [(began.astimezone(zone).date(), ended.astimezone(zone).date()) for began, ended in moments if ended]
    days = sorted((last - first).days for first, last in dates)
    last_of_most = -(-len(days) * 8 // 10) - 1
    return max(days[last_of_most], 1)
