"""The published versions of procedures: how many cases run on each, and copies to begin another one with."""

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext as _

from cases.models import Case, User
from flows.designer.forms import free_key
from flows.models import CaseProcess, Procedure, ProcedureVersion


def running_cases(versions: Sequence[ProcedureVersion]) -> dict[int, int]:
    """How many cases of the institution run on each version, by its primary key.

    Institutions with the very same definition share a class; so the cases themselves are asked whose they are.
    """
    if not versions:
        return {}
    by_class = {f"flows/compiled.{version.class_name}": version.pk for version in versions}
    own = Case.objects.filter(institution_id=versions[0].procedure.institution_id)
    running = CaseProcess.objects.running().filter(
        artifact_content_type=ContentType.objects.get_for_model(Case), artifact_object_id__in=own.values("pk")
    )
    named = running.annotate(reference=Cast("flow_class", CharField())).filter(reference__in=by_class)
    counted = named.values_list("reference").annotate(amount=Count("pk")).order_by()
    return {by_class[reference]: amount for reference, amount in counted}


def copied(procedure: Procedure, *, by: User) -> Procedure:
    """A procedure of its own with the same steps, not published yet."""
    titles = {}
    for language, words in procedure.titles.items():
        with translation.override(language):
            titles[language] = _("{title} (copy)").format(title=words)
    copy = Procedure(
        institution=procedure.institution,
        key=free_key(procedure.institution, titles),
        titles=titles,
        steps=procedure.steps,
        live=False,
    )
    copy.save()
    copy.save_revision(user=by, log_action=True)
    return copy
