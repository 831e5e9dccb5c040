"""The classification plan in the office: the tree, a class with its versions, and bringing a plan in from a file."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import plan_import
from cases.classifying import (
    ClassSaid,
    Node,
    PlanRefused,
    add_class,
    category_means,
    edit_class,
    end_class,
    is_used,
    plan_on,
    publish_version,
    remove_class,
    said_of,
)
from cases.desk.blocks.texts import TextsFormField
from cases.desk.fields import DateInput
from cases.models import Case, DisposalAction, RecordClass, RetentionStart
from cases.plan_import import NotAPlan, column_help
from search.desk.records.page import CHANGES_PLAN, KEEPS_RECORDS, RecordsAct, RecordsPage

ROWS_SHOWN = 200


class ClassForm(forms.Form):
    """One version of a class."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    titles = TextsFormField(label=gettext_lazy("Title"))
    parent = forms.ChoiceField(label=gettext_lazy("Belongs to"), required=False)
    is_selectable = forms.BooleanField(
        label=gettext_lazy("Cases are filed here"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Unmarked for a group that only holds other classes."),
    )
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("As the plan writes it: A, B5, BE10, P, 10 C.S., ЕК. Says the two below if left empty."),
    )
    retention_years = forms.IntegerField(
        label=gettext_lazy("Years kept"),
        min_value=0,
        max_value=500,
        required=False,
        help_text=gettext_lazy("Empty means for ever."),
    )
    disposal_action = forms.ChoiceField(
        label=gettext_lazy("Afterwards"), choices=[("", "—"), *DisposalAction.choices], required=False
    )
    retention_start = forms.ChoiceField(label=gettext_lazy("Counted from"), choices=RetentionStart.choices)
    legal_basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=300, required=False)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("Nothing: at the top")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("disposal_action"):
            means = category_means(cleaned.get("category", ""))
            if means:
                cleaned["disposal_action"] = means[0]
                if cleaned.get("retention_years") is None:
                    cleaned["retention_years"] = means[1]
            elif not cleaned.get("is_selectable"):
                cleaned["disposal_action"] = DisposalAction.KEEP
            else:
                self.add_error("disposal_action", _("Choose what happens afterwards."))
        return cleaned

    @property
    def said(self) -> ClassSaid:
        names = ClassSaid.__dataclass_fields__
        return ClassSaid(**{name: value for name, value in self.cleaned_data.items() if name in names})


class VersionForm(ClassForm):
    """A new version of a class that is used: from a day on."""

    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=DateInput)
    holds_for_closed = forms.BooleanField(
        label=gettext_lazy("Also for cases closed before"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Unmarked, cases that were closed before the first day keep the rule that they had."),
    )
    field_order = ["valid_from", "holds_for_closed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = True


class PlanPage(RecordsPage):
    permissions: tuple[str, ...] = (CHANGES_PLAN,)
    tab = "desk_records_plan"

    @cached_property
    def plan(self) -> list[Node]:
        return plan_on(self.institution, self.local_today)

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """Every class, drawn in as it stands in the tree."""
        return [line for node in self.plan for line in _drawn_in(node, 0)]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        here = {"url": reverse("desk_records_plan"), "label": _("Classification plan")}
        return [*items[:-1], here, items[-1]]


def _drawn_in(node: Node, depth: int) -> list[tuple[str, str]]:
    lines = [(node.record_class.code, f"{'   ' * depth}{node.record_class}")]
    return lines + [line for child in node.children for line in _drawn_in(child, depth + 1)]


class PlanView(RecordsPage):
    """The tree of a day. A word leaves the classes that have it, with the groups above them."""

    permissions = (KEEPS_RECORDS, CHANGES_PLAN)
    template_name = "search/records/plan.html"
    page_title = gettext_lazy("Classification plan")
    tab = "desk_records_plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = self.asked_day("on") or self.local_today
        words = self.asked("q").casefold().split()
        plan = plan_on(self.institution, day)
        counts = self._counts()
        return super().get_context_data(
            nodes=[line for node in plan if (line := _line(node, words, counts))],
            is_empty=not plan,
            q=self.asked("q"),
            day=day if day != self.local_today else None,
            may_change=self.may(CHANGES_PLAN),
            **kwargs,
        )

    def _counts(self) -> dict[str, int]:
        """How many cases each class has, of those that the person sees."""
        visible = Case.objects.visible_to(self.user).filter(institution=self.institution)
        counted = visible.order_by().values_list("record_class__code").annotate(count=Count("pk"))
        return {code: count for code, count in counted if code}


def _line(node: Node, words: list[str], counts: dict[str, int]) -> dict[str, Any] | None:
    version = node.record_class
    children = [line for child in node.children if (line := _line(child, words, counts))]
    text = " ".join([version.code, version.category, *version.titles.values()]).casefold()
    is_hit = all(word in text for word in words)
    if not is_hit and not children:
        return None
    return {
        "version": version,
        "title": str(version).removeprefix(version.code).strip(),
        "children": children if not is_hit or not words else [_line(c, [], counts) for c in node.children],
        "is_hit": bool(words) and is_hit,
        "is_open": bool(words) and bool(children),
        "cases": counts.get(version.code, 0),
    }


class NewClassView(PlanPage):
    template_name = "search/records/class_form.html"
    page_title = gettext_lazy("A new class")

    def form(self, data: Any = None) -> VersionForm:
        parent = self.asked("parent")
        initial = {"valid_from": self.local_today, "parent": parent, "retention_start": RetentionStart.END_OF_YEAR}
        form = VersionForm(data, initial=initial, groups=self.groups)
        form.fields["code"].disabled = False
        del form.fields["holds_for_closed"]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", self.form())
        return super().get_context_data(media=form.media, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            day = form.cleaned_data["valid_from"]
            try:
                made = add_class(self.institution, form.said, valid_from=day, actor=self.actor, at=self.at)
            except PlanRefused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Class {code} was added.").format(code=made.code))
                return HttpResponseRedirect(reverse("desk_records_class", args=[made.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfClassPage(PlanPage):
    permissions: tuple[str, ...] = (CHANGES_PLAN,)

    @cached_property
    def version(self) -> RecordClass:
        versions = RecordClass.objects.filter(institution=self.institution).select_related("parent", "institution")
        return get_object_or_404(versions, pk=self.kwargs["pk"])

    @cached_property
    def versions(self) -> list[RecordClass]:
        found = RecordClass.objects.filter(institution=self.institution, code=self.version.code)
        return list(found.select_related("parent", "published_by", "institution").order_by("-valid_from"))

    @property
    def newest(self) -> RecordClass:
        return self.versions[0]

    def get_page_title(self) -> str:
        return str(self.version)


class ClassView(OfClassPage):
    """A class: what it says, its versions, and what may be done."""

    permissions = (KEEPS_RECORDS, CHANGES_PLAN)
    template_name = "search/records/class.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = next((one for one in self.versions if one.is_valid_on(self.local_today)), self.newest)
        below = [node for top in self.plan for node in top.walk() if node.record_class.code == current.code]
        return super().get_context_data(
            current=current,
            versions=self.versions,
            newest=self.newest,
            is_used=is_used(self.newest),
            is_ended=self.newest.valid_to is not None,
            children=[child.record_class for node in below for child in node.children],
            may_change=self.may(CHANGES_PLAN),
            may_see_cases=self.may(KEEPS_RECORDS),
            **kwargs,
        )


class EditClassView(OfClassPage):
    """In place while nothing refers to it; else a new version from a day on."""

    template_name = "search/records/class_form.html"

    @cached_property
    def is_in_place(self) -> bool:
        return not is_used(self.newest)

    def form(self, data: Any = None) -> ClassForm:
        said = said_of(self.newest)
        initial = {name: getattr(said, name) for name in ClassSaid.__dataclass_fields__}
        groups = [line for line in self.groups if line[0] != self.newest.code]
        if self.is_in_place:
            return ClassForm(data, initial=initial, groups=groups)
        initial |= {"valid_from": self._first_free_day(), "holds_for_closed": True}
        return VersionForm(data, initial=initial, groups=groups)

    def _first_free_day(self) -> dt.date:
        return max(self.local_today, self.newest.valid_from + dt.timedelta(days=1))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", self.form())
        return super().get_context_data(media=form.media, version=self.newest, is_in_place=self.is_in_place, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                kept = self._keep(form)
            except PlanRefused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Kept. Cases of this class are counted again in a moment."))
                return HttpResponseRedirect(reverse("desk_records_class", args=[kept.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _keep(self, form: ClassForm) -> RecordClass:
        if not isinstance(form, VersionForm):
            return edit_class(self.newest, form.said, actor=self.actor, at=self.at)
        return publish_version(
            self.newest,
            form.said,
            valid_from=form.cleaned_data["valid_from"],
            holds_for_closed=form.cleaned_data["holds_for_closed"],
            actor=self.actor,
            at=self.at,
        )


class EndClassView(RecordsAct):
    """Take back what nothing refers to, or end the class with a day."""

    permissions = (CHANGES_PLAN,)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        versions = RecordClass.objects.filter(institution=self.institution).select_related("institution")
        version = get_object_or_404(versions, pk=pk)
        try:
            if self.said("verb") == "remove":
                remove_class(version, at=self.at)
                messages.success(request, _("Class {code} was taken back.").format(code=version.code))
                return HttpResponseRedirect(reverse("desk_records_plan"))
            end_class(version, last_day=self._last_day(), at=self.at)
            messages.success(request, _("The class takes no cases after that day."))
        except PlanRefused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("desk_records_class", args=[pk]))

    def _last_day(self) -> dt.date:
        try:
            return dt.date.fromisoformat(self.said("last_day"))
        except ValueError:
            raise PlanRefused(_("Choose the last day.")) from None


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}), required=False
    )
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=DateInput)


class ImportPlanView(PlanPage):
    """Look first: each row with what it would do. Then the same file, brought in."""

    template_name = "search/records/plan_import.html"
    page_title = gettext_lazy("Bring in a plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ImportForm(initial={"valid_from": self.local_today}))
        looked = kwargs.get("looked")
        rows = [row for row in looked.rows if row.what != "SAME"] if looked else []
        return super().get_context_data(
            shipped=plan_import.SHIPPED,
            columns=column_help(),
            rows=sorted(rows, key=lambda row: (row.what != "WRONG", row.line))[:ROWS_SHOWN],
            left=max(len(rows) - ROWS_SHOWN, 0),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        content = self._content(form) if form.is_valid() else None
        if content is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            if "bring" in request.POST:
                return self._bring(content, form.cleaned_data["valid_from"])
            looked = plan_import.look_at(content, institution=self.institution)
        except (NotAPlan, PlanRefused) as refusal:
            form.add_error("file", str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return self.render_to_response(
            self.get_context_data(form=form, looked=looked, content=content.decode("utf-8-sig"))
        )

    def _content(self, form: ImportForm) -> bytes | None:
        if plan := plan_import.shipped_plan(self.request.POST.get("example", "")):
            return plan.content
        if kept := self.request.POST.get("content"):
            return kept.encode()
        file = form.cleaned_data.get("file")
        if file is None:
            form.add_error("file", _("Choose a file, or one of the examples."))
            return None
        if (file.size or 0) > plan_import.MOST_BYTES:
            form.add_error("file", _("The file is larger than 2 MB."))
            return None
        return bytes(file.read())

    def _bring(self, content: bytes, valid_from: dt.date) -> HttpResponse:
        counts = plan_import.bring_in(
            content, institution=self.institution, valid_from=valid_from, actor=self.actor, at=self.at
        )
        messages.success(
            self.request,
            _("The plan was brought in: {new} new classes, {changed} changed.").format(
                new=counts["NEW"], changed=counts["CHANGED"]
            ),
        )
        return HttpResponseRedirect(reverse("desk_records_plan"))


class ExamplePlanView(PlanPage):
    """An example as a file, to be made one's own in a spreadsheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        plan = plan_import.shipped_plan(self.kwargs["key"])
        if plan is None:
            raise Http404
        name = f"plan-{plan.key}.csv"
        return HttpResponse(
            b"\xef\xbb\xbf" + plan.content,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
