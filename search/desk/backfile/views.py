"""Taking over an old register in the browser: bring table and files, look at what would be refused, then begin."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.backfile import refusals, runs
from cases.backfile.scans import FileRefused, unpack_uploaded
from cases.backfile.table import COLUMNS, TableUnusable
from cases.desk.fields import SeveralFiles, why_not_taken
from cases.desk.page import Admitted, DeskPage
from cases.file_names import cleaned
from cases.models import BackfileImport, ImportState, Unit

PERMISSION = "cases.import_backfile"
SHOWN = 100
REFUSED_SHOWN = 500
LONGEST_PATH = 300


class TableForm(forms.Form):
    """Table and files; the files are uploaded, or lie in a folder that the administrator allows."""

    table = forms.FileField(label=gettext_lazy("Table (CSV or XLSX)"))
    scans = SeveralFiles(
        label=gettext_lazy("Scanned files"),
        required=False,
        help_text=gettext_lazy("A few files, or a ZIP with all of them and their folders."),
    )
    folder = forms.ChoiceField(label=gettext_lazy("Or a folder of the server"), required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Unit for rows that name none, or one that is no more"),
        required=False,
        empty_label=pgettext_lazy("unit", "The registry; unknown ones are refused"),
    )

    def __init__(self, *args: Any, institution: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(institution=institution).order_by("code")  # type: ignore[attr-defined]
        folders = [(name, name) for name in allowed_folders()]
        self.fields["folder"].choices = [("", _("— none —")), *folders]  # type: ignore[attr-defined]
        if not folders:
            del self.fields["folder"]

    def clean_table(self) -> UploadedFile:
        table: UploadedFile = self.cleaned_data["table"]
        if why := why_not_taken(table):
            raise forms.ValidationError(why)
        return table

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("scans") and given.get("folder"):
            self.add_error("folder", _("Upload the files, or choose a folder: not both."))
        names = [cleaned(file.name or "") for file in given.get("scans") or []]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            self.add_error("scans", _("These names come twice: {names}.").format(names=", ".join(twice)))
        return given


def allowed_folders() -> list[str]:
    """Subfolders of the server's folder for old registers, two deep; links lead nowhere."""
    root = _server_root()
    if root is None:
        return []
    found = []
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.is_symlink():
            inner = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.is_symlink()]
            found += [folder.name, *(f"{folder.name}/{one.name}" for one in inner)]
    return found[:500]


def _server_root() -> Path | None:
    root = Path(settings.BACKFILE_SERVER_DIR) if settings.BACKFILE_SERVER_DIR else None
    return root if root and root.is_dir() else None


class ImportListView(DeskPage):
    """Past imports, and the form for the next."""

    permission = PERMISSION
    page_title = gettext_lazy("Old registers")
    header_icon = "download"
    template_name = "search/backfile/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        imports = BackfileImport.objects.filter(institution=self.institution).select_related("started_by", "register")
        return super().get_context_data(
            imports=list(imports.order_by("-started_at", "-pk")[:SHOWN]),
            form=kwargs.pop("form", None) or TableForm(institution=self.institution),
            columns=COLUMNS,
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep what came, check every row, and show what would be refused."""
        form = TableForm(request.POST, request.FILES, institution=self.institution)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            imported = self._kept(form.cleaned_data)
        except FileRefused as refused:
            form.add_error("scans", refusals.words_of(refused.why, refused.value))
            return self.render_to_response(self.get_context_data(form=form))
        try:
            planned = runs.plan_of(imported, at=self.at)
        except (TableUnusable, OSError) as trouble:
            runs.discard(imported)
            form.add_error("table", str(trouble))
            return self.render_to_response(self.get_context_data(form=form))
        runs.note_plan(imported, planned)
        return redirect("desk_archive_import", imported.pk)

    def _kept(self, given: dict[str, Any]) -> BackfileImport:
        table: UploadedFile = given["table"]
        with transaction.atomic():
            imported = BackfileImport.objects.create(
                institution=self.institution,
                table_name=cleaned(table.name or "table.csv"),
                unit=given.get("unit"),
                is_uploaded=True,
                started_by=self.user,
                started_at=self.at,
            )
            place = runs.place_for_upload(imported)
            scans = place / "files"
            _arrange(place, scans, table, given.get("scans") or [])
            root, chosen = _server_root(), given.get("folder")
            imported.table_path = str(place / "table")
            imported.folder = str(root / chosen) if root and chosen else str(scans)
            imported.save(update_fields=["table_path", "folder"])
        return imported


def _arrange(place: Path, scans: Path, table: UploadedFile, files: Iterable[UploadedFile]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    scans.mkdir(parents=True)
    try:
        _write(table, place / "table")
        for file in files:
            _write(file, scans / cleaned(file.name or ""))
        unpack_uploaded(scans)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _write(upload: UploadedFile, path: Path) -> None:
    upload.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(upload, target)


class ImportView(DeskPage):
    """One import: what was found, how far it is, and what may be done with it now."""

    permission = PERMISSION
    header_icon = "download"
    template_name = "search/backfile/import.html"

    def get_page_title(self) -> str:
        return str(self.imported)

    @cached_property
    def imported(self) -> BackfileImport:
        own = BackfileImport.objects.filter(institution=self.institution)
        return get_object_or_404(own.select_related("register", "unit", "started_by", "institution"), **self.kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        imported = self.imported
        is_given_up = runs.is_given_up(imported, at=self.at)
        is_under_way = imported.state in runs.UNDER_WAY and not is_given_up
        refused = runs.refusals_of(imported)
        return super().get_context_data(
            imported=imported,
            to_take_over=max(0, imported.rows - imported.known - imported.refused - imported.taken_over),
            refused=refused[:REFUSED_SHOWN],
            is_longer=len(refused) > REFUSED_SHOWN,
            shown=REFUSED_SHOWN,
            is_under_way=is_under_way,
            is_given_up=is_given_up,
            trouble=runs.trouble_of(imported, at=self.at),
            is_checked=imported.state == ImportState.CHECKED,
            is_expired=imported.state == ImportState.EXPIRED,
            expires_at=imported.started_at + runs.UNBEGUN_FOR,
            may_go_on=imported.state in (ImportState.STOPPED, ImportState.FAILED) or is_given_up,
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        verb = request.POST.get("verb", "")
        try:
            if verb == "discard":
                runs.discard(self.imported)
                messages.success(request, _("Nothing of this table was taken over."))
                return redirect("desk_archive_imports")
            if verb == "stop":
                runs.stop(self.imported)
                messages.success(request, _("It stops after the rows that are being written."))
            elif verb == "begin":
                runs.begin(self.imported, at=self.at)
        except runs.ImportRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("desk_archive_import", self.imported.pk)


class RefusedReportView(Admitted):
    """The refused rows as a spreadsheet reads them."""

    permission = PERMISSION

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        imported = get_object_or_404(BackfileImport.objects.filter(institution=self.institution), pk=pk)
        answer = HttpResponse(refusals.as_csv(runs.refusals_of(imported)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="refused-{imported.pk}.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer
