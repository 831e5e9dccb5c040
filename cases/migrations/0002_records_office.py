import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.models.cases
import cases.texts


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("cases", "0002_service_rules"),
        ("cases", "0003_process_owner"),
        ("cases", "0004_tasks_of_drawn_steps"),
        ("cases", "0005_letterhead_words"),
        ("cases", "0006_whose_map_tiles"),
        ("cases", "0007_own_days_taken_back"),
        ("cases", "0008_crests"),
    ]
    dependencies = [("cases", "0001_people")]
    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="Place in words")),
                (
                    "address",
                    models.JSONField(
                        blank=True, default=dict, help_text="Parts of a postal address by name.", verbose_name="Address"
                    ),
                ),
                (
                    "geometry",
                    models.JSONField(
                        blank=True, help_text="GeoJSON geometry, WGS 84.", null=True, verbose_name="On the map"
                    ),
                ),
                (
                    "geometry_source",
                    models.CharField(
                        blank=True,
                        help_text="TYPED, DEVICE, MAP or REGISTER.",
                        max_length=20,
                        verbose_name="How it was got",
                    ),
                ),
            ],
            options={"verbose_name": "place", "verbose_name_plural": "places"},
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
                (
                    "media_type",
                    models.CharField(help_text="Found from the content, not from the name.", max_length=120),
                ),
                ("stored_at", models.DateTimeField()),
            ],
            options={"verbose_name": "stored file", "verbose_name_plural": "stored files"},
        ),
        migrations.CreateModel(
            name="Crest",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("png", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "crest", "verbose_name_plural": "crests", "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="WrongTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=80)),
                ("sender_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number", "at"], name="wrong_try_by_number"),
                    models.Index(fields=["sender_hash", "at"], name="wrong_try_by_sender"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Used in addresses and file names; never changed.",
                        unique=True,
                        verbose_name="Short name",
                    ),
                ),
                (
                    "names",
                    cases.texts.TextsField(
                        default=dict, help_text="The official name in each language.", verbose_name="Names"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="National code of the institution.", max_length=20, verbose_name="Code"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        help_text="ISO 3166 code; chooses the holidays.", max_length=2, verbose_name="Country"
                    ),
                ),
                ("main_language", models.CharField(max_length=8, verbose_name="Main language")),
                (
                    "languages",
                    models.JSONField(
                        default=list, help_text="Language codes the institution offers.", verbose_name="Languages"
                    ),
                ),
                ("obligatory_languages", models.JSONField(default=list, verbose_name="Obligatory languages")),
                ("time_zone", models.CharField(default="Europe/Sofia", max_length=40, verbose_name="Time zone")),
                ("address", cases.texts.TextsField(default=dict, verbose_name="Address")),
                ("opening_hours", cases.texts.TextsField(default=dict, verbose_name="Opening hours")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                (
                    "own_days_off",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Copied from OwnDay, to be counted with.",
                        verbose_name="Own days off",
                    ),
                ),
                ("own_working_days", models.JSONField(blank=True, default=list, verbose_name="Own working days")),
                (
                    "signature_words",
                    cases.texts.TextsField(blank=True, default=dict, verbose_name="Words above the signature"),
                ),
                (
                    "letter_note",
                    cases.texts.TextsField(blank=True, default=dict, verbose_name="Note at the foot of letters"),
                ),
                (
                    "theme",
                    models.JSONField(
                        blank=True, default=dict, help_text="CSS custom properties: colours.", verbose_name="Look"
                    ),
                ),
                ("tile_source", models.CharField(blank=True, max_length=200, verbose_name="Map tiles")),
                ("tile_attribution", models.CharField(blank=True, max_length=200, verbose_name="Whose map tiles")),
                (
                    "area",
                    models.JSONField(
                        blank=True,
                        help_text="West, south, east and north in degrees, or a GeoJSON polygon; drawn generously.",
                        null=True,
                        verbose_name="Area",
                    ),
                ),
                (
                    "crest",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.crest",
                        verbose_name="Crest",
                    ),
                ),
            ],
            options={
                "verbose_name": "institution",
                "verbose_name_plural": "institutions",
                "permissions": [("set_up_institution", "Can set up the institution")],
            },
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                (
                    "stored_file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="preview",
                        serialize=False,
                        to="cases.storedfile",
                    ),
                ),
                ("state", models.CharField(choices=[("READY", "Ready"), ("NONE", "No preview")], max_length=8)),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("KIND", "There is no preview for this kind of file. Download it to open it."),
                            ("PASSWORD", "The file is protected with a password."),
                            ("DAMAGED", "The file is damaged or empty."),
                            ("TOO_LARGE", "The file is too large to be shown here. Download it to open it."),
                            ("TOO_MANY_PAGES", "Only the first pages are shown here. Download the file to see all."),
                            ("TOO_SLOW", "Showing the file takes too long. Download it to open it."),
                            ("GONE", "The file is no longer kept."),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "preview",
                "verbose_name_plural": "previews",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["READY", "NONE"])), name="preview_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason", ""),
                            (
                                "reason__in",
                                ["KIND", "PASSWORD", "DAMAGED", "TOO_LARGE", "TOO_MANY_PAGES", "TOO_SLOW", "GONE"],
                            ),
                            _connector="OR",
                        ),
                        name="preview_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pages__gt", 0), ("state", "READY")),
                            models.Q(("pages", 0), ("state", "NONE")),
                            _connector="OR",
                        ),
                        name="preview_ready_has_pages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureCheck",
            fields=[
                (
                    "stored_file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="signature_check",
                        serialize=False,
                        to="cases.storedfile",
                    ),
                ),
                ("verdict", models.JSONField(help_text="What the check found, with its moment.")),
                ("checked_at", models.DateTimeField()),
            ],
            options={"verbose_name": "check of signatures", "verbose_name_plural": "checks of signatures"},
        ),
        migrations.CreateModel(
            name="OwnDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="Day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("OFF", "Day off"), ("WORKING", "Working day")],
                        default="OFF",
                        max_length=7,
                        verbose_name="What it is",
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        help_text="The act that says so: order, decision, law.",
                        max_length=300,
                        verbose_name="Decided by",
                    ),
                ),
                ("declared_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="own_days", to="cases.institution"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "own day",
                "verbose_name_plural": "own days",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("institution", "date"),
                        name="own_day_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["OFF", "WORKING"])), name="own_day_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty means open.", null=True, verbose_name="Until"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="Code")),
                ("titles", cases.texts.TextsField(default=dict, verbose_name="Titles")),
                (
                    "retention_years",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="From 1 January after closing; empty means for ever.",
                        null=True,
                        verbose_name="Years kept",
                    ),
                ),
                (
                    "disposal_action",
                    models.CharField(
                        choices=[
                            ("DESTROY", "Destroy"),
                            ("TRANSFER", "Transfer to the state archive"),
                            ("REVIEW", "Review"),
                        ],
                        max_length=10,
                        verbose_name="Afterwards",
                    ),
                ),
                ("legal_basis", models.CharField(blank=True, max_length=300, verbose_name="Legal basis")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_classes",
                        to="cases.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "record class",
                "verbose_name_plural": "record classes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution", "code", "valid_from"), name="record_class_once_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("disposal_action__in", ["DESTROY", "TRANSFER", "REVIEW"])),
                        name="disposal_action_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="Code")),
                ("names", cases.texts.TextsField(default=dict, verbose_name="Names")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INCOMING", "Incoming items"),
                            ("OUTGOING", "Outgoing items"),
                            ("CASE_SIGNS", "Case signs"),
                            ("IMPORTED", "Imported, closed"),
                        ],
                        default="INCOMING",
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        default="{yyyy}-{seq:06}",
                        help_text="Parts: {seq}, {seq:06}, {yyyy}, {date}, {unit}, {class}, {group}.",
                        max_length=80,
                        verbose_name="Number pattern",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("NONE", "One series"),
                            ("UNIT", "A series for each unit"),
                            ("CLASS", "A series for each class"),
                            ("UNIT_AND_CLASS", "A series for each unit and class"),
                            ("INDEX_GROUP", "A series for each index group"),
                        ],
                        default="NONE",
                        max_length=16,
                        verbose_name="Series",
                    ),
                ),
                ("index_group", models.CharField(blank=True, max_length=20, verbose_name="Index group")),
                ("is_closed", models.BooleanField(default=False, verbose_name="Closed")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="registers", to="cases.institution"
                    ),
                ),
            ],
            options={
                "verbose_name": "register",
                "verbose_name_plural": "registers",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "code"), name="register_code_once_per_institution"),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["NONE", "UNIT", "CLASS", "UNIT_AND_CLASS", "INDEX_GROUP"])),
                        name="register_scope_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["INCOMING", "OUTGOING", "CASE_SIGNS", "IMPORTED"])),
                        name="register_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty means open.", null=True, verbose_name="Until"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="Symbol")),
                ("names", cases.texts.TextsField(default=dict, verbose_name="Names")),
                (
                    "path",
                    models.CharField(
                        db_index=True, editable=False, help_text="Ids from the root, /1/4/9/.", max_length=255
                    ),
                ),
                (
                    "is_intake",
                    models.BooleanField(default=False, help_text="Incoming items begin here.", verbose_name="Registry"),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="cases.institution"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit",
                "verbose_name_plural": "units",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "code"), name="unit_code_once_per_institution"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="unit_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty means open.", null=True, verbose_name="Until"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("titles", cases.texts.TextsField(default=dict, verbose_name="Titles")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("REGISTRAR", "Registrar"),
                            ("OFFICER", "Officer"),
                            ("HEAD", "Head of unit"),
                            ("EXECUTIVE", "Executive"),
                            ("ARCHIVIST", "Archivist"),
                            ("ADMINISTRATOR", "Administrator"),
                            ("EDITOR", "Editor"),
                            ("PROCESS_OWNER", "Process owner"),
                        ],
                        max_length=20,
                        verbose_name="Role",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="cases.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "code"), name="post_code_once_per_unit"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "REGISTRAR",
                                    "OFFICER",
                                    "HEAD",
                                    "EXECUTIVE",
                                    "ARCHIVIST",
                                    "ADMINISTRATOR",
                                    "EDITOR",
                                    "PROCESS_OWNER",
                                ],
                            )
                        ),
                        name="post_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="post_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope_key", models.CharField(blank=True, max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "last_at",
                    models.DateTimeField(
                        help_text="No number is given at an earlier moment than the one before.", null=True
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counters", to="cases.register"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("register", "scope_key", "year"), name="counter_once_per_block")
                ]
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Printed in addresses; never changed.", max_length=40, verbose_name="Code"
                    ),
                ),
                ("names", cases.texts.TextsField(default=dict, verbose_name="Names")),
                ("summaries", cases.texts.TextsField(default=dict, verbose_name="In one sentence")),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        help_text="Key of the form that citizens fill in.",
                        max_length=80,
                        verbose_name="Form",
                    ),
                ),
                ("procedure", models.CharField(default="general", max_length=80, verbose_name="Procedure")),
                ("is_offered", models.BooleanField(default=True, verbose_name="Offered")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="cases.institution"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="cases.unit",
                        verbose_name="Owning unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "service",
                "verbose_name_plural": "services",
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "code"), name="service_code_once_per_institution")
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=cases.models.cases.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="The number it began with, or its sign once it has one.",
                        max_length=80,
                        verbose_name="Number",
                    ),
                ),
                ("subject", models.CharField(max_length=300, verbose_name="Subject")),
                (
                    "language",
                    models.CharField(help_text="The language of filing.", max_length=8, verbose_name="Language"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "In progress"),
                            ("WAITING", "Waiting: the clock is stopped"),
                            ("CLOSED", "Closed"),
                            ("JOINED", "Joined to another case"),
                        ],
                        default="OPEN",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        help_text="Key of the procedure's step that it is in.",
                        max_length=40,
                        verbose_name="Step",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="Result")),
                (
                    "access_level",
                    models.CharField(
                        choices=[("INTERNAL", "Internal"), ("RESTRICTED", "Restricted: opening needs a reason")],
                        default="INTERNAL",
                        max_length=12,
                        verbose_name="Access",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="Opened")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="Due")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="Closed")),
                (
                    "versions",
                    models.JSONField(blank=True, default=dict, help_text="Versions of form, procedure and letters."),
                ),
                ("last_event_seq", models.PositiveIntegerField(default=0, editable=False)),
                ("last_event_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("last_event_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="cases.institution"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.place",
                    ),
                ),
                (
                    "record_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.recordclass",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.service",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.unit",
                        verbose_name="Handling unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "permissions": [
                    ("check_completeness", "Can check whether a filing is complete"),
                    ("resolve_case", "Can decide who handles a case"),
                    ("handle_case", "Can handle a case"),
                    ("give_opinion", "Can give an opinion"),
                    ("agree_decision", "Can agree to a decision"),
                    ("approve_decision", "Can approve a decision"),
                    ("sign_decision", "Can sign a decision"),
                    ("dispatch_document", "Can send documents out"),
                    ("hand_over_case", "Can hand over cases and tasks"),
                    ("correct_case", "Can move, join and split cases and documents"),
                    ("search_archive", "Can search the archive"),
                    ("dispose_case", "Can hold and dispose of records"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["unit", "due_date", "id"],
                        name="case_of_unit",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["holder", "due_date", "id"],
                        name="case_of_holder",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["institution", "due_date", "id"],
                        name="case_open",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)),
                        fields=["service", "-closed_at"],
                        name="case_ended_of_service",
                    ),
                    models.Index(fields=["institution", "-opened_at"], name="case_by_age"),
                    models.Index(fields=["number"], name="case_by_number"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["OPEN", "WAITING", "CLOSED", "JOINED"])),
                        name="case_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access_level__in", ["INTERNAL", "RESTRICTED"])), name="case_access_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "CLOSED")),
                            models.Q(models.Q(("state", "CLOSED"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="case_closed_means_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty means open.", null=True, verbose_name="Until"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="cases.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="membership_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty means open.", null=True, verbose_name="Until"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="Reason")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mandates", to="cases.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="mandate_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, verbose_name="Key")),
                ("kind", models.CharField(max_length=30, verbose_name="Kind")),
                ("first_asked_at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="cases.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service", "key"), name="question_key_once_per_service")
                ]
            },
        ),
        migrations.CreateModel(
            name="ServiceRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="In force from")),
                (
                    "legal_basis",
                    models.CharField(
                        blank=True,
                        help_text="Law and article; printed on receipts and letters.",
                        max_length=300,
                        verbose_name="Legal basis",
                    ),
                ),
                (
                    "access_level",
                    models.CharField(
                        choices=[("INTERNAL", "Internal"), ("RESTRICTED", "Restricted: opening needs a reason")],
                        default="INTERNAL",
                        max_length=12,
                        verbose_name="Access",
                    ),
                ),
                (
                    "signature_level",
                    models.CharField(
                        choices=[
                            ("SIMPLE", "Simple electronic signature"),
                            ("ADVANCED", "Advanced electronic signature"),
                            ("QUALIFIED", "Qualified electronic signature"),
                        ],
                        default="ADVANCED",
                        max_length=10,
                        verbose_name="Signature of the answer",
                    ),
                ),
                (
                    "delivery_channels",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="The applicant chooses one of them. None marked: every way is offered.",
                        verbose_name="Ways to receive the result",
                    ),
                ),
                ("deadline_amount", models.PositiveSmallIntegerField(default=30, verbose_name="Deadline")),
                (
                    "deadline_unit",
                    models.CharField(
                        choices=[
                            ("CALENDAR_DAYS", "calendar days"),
                            ("WORKING_DAYS", "working days"),
                            ("MONTHS", "months"),
                        ],
                        default="CALENDAR_DAYS",
                        max_length=14,
                    ),
                ),
                (
                    "counting_mode",
                    models.CharField(
                        choices=[
                            ("FIRST_DAY_EXCLUDED", "the first day is not counted"),
                            ("CLEAR_DAYS", "neither the first nor the last day is counted"),
                        ],
                        default="FIRST_DAY_EXCLUDED",
                        max_length=20,
                        verbose_name="How days are counted",
                    ),
                ),
                (
                    "clock_start",
                    models.CharField(
                        choices=[
                            ("FILING", "the day of filing"),
                            (
                                "NEXT_WORKING_DAY",
                                "the first working day: what arrives on a day off counts from the next one",
                            ),
                            ("COMPLETENESS", "the day on which everything is there"),
                        ],
                        default="FILING",
                        max_length=16,
                        verbose_name="Counted from",
                    ),
                ),
                (
                    "tiers",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Chosen in the form by the question with the key “tier”.",
                        verbose_name="Speeds",
                    ),
                ),
                (
                    "may_suspend",
                    models.BooleanField(
                        default=True,
                        help_text="While the applicant is asked for what is missing.",
                        verbose_name="The clock may be stopped",
                    ),
                ),
                (
                    "extension_times",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Times; 0: never.", verbose_name="May be prolonged"
                    ),
                ),
                ("extension_amount", models.PositiveSmallIntegerField(default=0, verbose_name="Each time by at most")),
                (
                    "extension_unit",
                    models.CharField(
                        choices=[
                            ("CALENDAR_DAYS", "calendar days"),
                            ("WORKING_DAYS", "working days"),
                            ("MONTHS", "months"),
                        ],
                        default="CALENDAR_DAYS",
                        max_length=14,
                    ),
                ),
                (
                    "extended_by",
                    models.CharField(
                        choices=[
                            ("OFFICER", "The officer who handles the case"),
                            ("HEAD", "The head of the unit"),
                            ("EXECUTIVE", "The executive only"),
                        ],
                        default="HEAD",
                        max_length=10,
                        verbose_name="Prolonged by",
                    ),
                ),
                (
                    "silence",
                    models.CharField(
                        choices=[
                            ("NOTHING", "Nothing: the request stays open"),
                            ("TACIT_APPROVAL", "It counts as granted"),
                            ("REFUSAL", "It counts as refused, and can be challenged"),
                        ],
                        default="NOTHING",
                        max_length=14,
                        verbose_name="When no answer comes in time",
                    ),
                ),
                ("fees", cases.texts.TextsField(blank=True, default=dict, verbose_name="Fee in words")),
                ("fee_table", models.JSONField(blank=True, default=list, verbose_name="Fee table")),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="Currency")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="What changed")),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.recordclass",
                        verbose_name="Record class",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.register",
                        verbose_name="Register",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="cases.service"
                    ),
                ),
            ],
            options={
                "verbose_name": "record rules",
                "verbose_name_plural": "record rules",
                "constraints": [
                    models.UniqueConstraint(fields=("service", "valid_from"), name="service_rules_once_per_day"),
                    models.CheckConstraint(
                        condition=models.Q(("access_level__in", ["INTERNAL", "RESTRICTED"])), name="rules_access_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deadline_unit__in", ["CALENDAR_DAYS", "WORKING_DAYS", "MONTHS"])),
                        name="rules_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counting_mode__in", ["FIRST_DAY_EXCLUDED", "CLEAR_DAYS"])),
                        name="rules_mode_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("clock_start__in", ["FILING", "NEXT_WORKING_DAY", "COMPLETENESS"])),
                        name="rules_start_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("silence__in", ["NOTHING", "TACIT_APPROVAL", "REFUSAL"])),
                        name="rules_silence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signature_level__in", ["SIMPLE", "ADVANCED", "QUALIFIED"])),
                        name="rules_signature_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("extended_by__in", ["OFFICER", "HEAD", "EXECUTIVE"])),
                        name="rules_extender_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("extension_unit__in", ["CALENDAR_DAYS", "WORKING_DAYS", "MONTHS"])),
                        name="rules_longer_unit_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("deadline_amount__gte", 1)), name="rules_have_a_term"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_date", models.DateField(verbose_name="From")),
                ("amount", models.PositiveSmallIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("CALENDAR_DAYS", "calendar days"),
                            ("WORKING_DAYS", "working days"),
                            ("MONTHS", "months"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "counting_mode",
                    models.CharField(
                        choices=[
                            ("FIRST_DAY_EXCLUDED", "the first day is not counted"),
                            ("CLEAR_DAYS", "neither the first nor the last day is counted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("raw_end_date", models.DateField(help_text="Before it rolls to a working day.")),
                ("due_date", models.DateField(verbose_name="Due")),
                ("calendar_version", models.CharField(max_length=60)),
                ("legal_basis", models.CharField(blank=True, max_length=300)),
                ("stopped_at", models.DateTimeField(blank=True, help_text="When the case was decided.", null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clock", to="cases.case"
                    ),
                ),
            ],
            options={"verbose_name": "clock", "verbose_name_plural": "clocks"},
        ),
        migrations.CreateModel(
            name="DisposalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="cases.case"
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "disposal hold", "verbose_name_plural": "disposal holds"},
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="Work")),
                ("payload", models.JSONField(default=dict)),
                ("put_at", models.DateTimeField(verbose_name="Since")),
                ("due_at", models.DateTimeField(verbose_name="Next try")),
                ("claimed_until", models.DateTimeField(blank=True, help_text="A worker has it until then.", null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="Tries")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="Done")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="Given up")),
                ("last_error", models.TextField(blank=True, verbose_name="Reason")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbox_rows",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["due_at"], name="outbox_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(help_text="Key of what is done, e.g. resolve.", max_length=40)),
                (
                    "procedure_step",
                    models.CharField(blank=True, help_text="Id of the step in its procedure.", max_length=12),
                ),
                (
                    "titles",
                    cases.texts.TextsField(
                        blank=True,
                        default=dict,
                        help_text="The step's own title; empty means the standard words.",
                        verbose_name="Titles",
                    ),
                ),
                (
                    "rerouted",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TO_SUBSTITUTE", "Nobody is there: the substitute has it."),
                            ("TO_HEAD", "Nobody is there: the head has it."),
                            ("NOBODY", "Nobody is there to do it. An administrator appoints somebody."),
                            ("LATE_TO_HEAD", "It was late: the head has it."),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "permission",
                    models.CharField(help_text="Who of the unit may do it, e.g. cases.resolve_case.", max_length=60),
                ),
                ("instruction", models.TextField(blank=True, verbose_name="What to do")),
                ("sent_at", models.DateTimeField(verbose_name="Sent")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="Delivered")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="Opened")),
                ("due_at", models.DateTimeField(verbose_name="Due")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="Ended")),
                (
                    "outcome",
                    models.CharField(blank=True, help_text="Empty while open.", max_length=40, verbose_name="Outcome"),
                ),
                ("remarks", models.TextField(blank=True, verbose_name="Remarks")),
                (
                    "flow_task_id",
                    models.BigIntegerField(blank=True, help_text="The engine's row.", null=True, unique=True),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="cases.case"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="cases.post",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="cases.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["holder", "due_at", "id"],
                        name="task_of_holder",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["unit", "due_at", "id"],
                        name="task_of_unit",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="task_ends_with_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rerouted__in", ["", "TO_SUBSTITUTE", "TO_HEAD", "NOBODY", "LATE_TO_HEAD"])
                        ),
                        name="task_rerouted_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("instruction", models.TextField(blank=True, verbose_name="What to do")),
                ("due_date", models.DateField(verbose_name="By when")),
                ("given_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="resolutions", to="cases.case"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Officer",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                        verbose_name="Unit",
                    ),
                ),
            ],
            options={"verbose_name": "resolution", "verbose_name_plural": "resolutions"},
        ),
        migrations.CreateModel(
            name="CaseSign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope_key", models.CharField(blank=True, max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("seq", models.PositiveIntegerField()),
                ("sign", models.CharField(db_index=True, max_length=80, verbose_name="Case sign")),
                ("given_at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign", to="cases.case"
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signs", to="cases.register"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.unit"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("register", "scope_key", "year", "seq"), name="sign_no_twins")
                ]
            },
        ),
        migrations.CreateModel(
            name="CaseReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readers", to="cases.case"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)),
                        fields=("unit", "case"),
                        name="case_reader_unit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("user", "case"),
                        name="case_reader_user_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit__isnull", False), ("user__isnull", True)),
                            models.Q(("unit__isnull", True), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_reader_is_one_of_both",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="CaseRelation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SAME_MATTER", "Same matter"),
                            ("FOLLOW_UP", "Follow-up of"),
                            ("APPEAL", "Appeal against"),
                            ("JOINED_INTO", "Joined into"),
                            ("SPLIT_FROM", "Split from"),
                        ],
                        max_length=12,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relations", to="cases.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="related_from", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "other", "kind"), name="case_relation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("other")), _negated=True),
                        name="case_not_related_to_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["SAME_MATTER", "FOLLOW_UP", "APPEAL", "JOINED_INTO", "SPLIT_FROM"])
                        ),
                        name="case_relation_kind_known",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("old_due_date", models.DateField()),
                ("new_due_date", models.DateField()),
                ("made_at", models.DateTimeField()),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extensions", to="cases.clock"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("new_due_date__gt", models.F("old_due_date"))), name="extension_is_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("from_date", models.DateField()),
                ("to_date", models.DateField(blank=True, null=True)),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suspensions", to="cases.clock"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "suspension",
                "verbose_name_plural": "suspensions",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("to_date__isnull", True)), fields=("clock",), name="one_open_suspension"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_date__isnull", True), ("to_date__gte", models.F("from_date")), _connector="OR"
                        ),
                        name="suspension_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        editable=False, help_text="In /d/…, the document check.", max_length=16, unique=True
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("IN", "Incoming"), ("OUT", "Outgoing"), ("INTERNAL", "Internal")],
                        max_length=8,
                        verbose_name="Direction",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="APPLICATION, SUPPLEMENT, MESSAGE, RECEIPT, DECISION, OPINION, LETTER …",
                        max_length=30,
                        verbose_name="Kind",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="Title")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="Language")),
                (
                    "access_level",
                    models.CharField(
                        choices=[("INTERNAL", "Internal"), ("RESTRICTED", "Restricted: opening needs a reason")],
                        default="INTERNAL",
                        max_length=12,
                        verbose_name="Access",
                    ),
                ),
                ("is_for_applicant", models.BooleanField(default=False, verbose_name="The applicant may read it")),
                ("missing_reason", models.CharField(blank=True, max_length=200, verbose_name="Why there is no file")),
                ("captured_at", models.DateTimeField(verbose_name="Captured")),
                (
                    "locked_at",
                    models.DateTimeField(
                        blank=True, help_text="Since then only signatures.", null=True, verbose_name="Locked"
                    ),
                ),
                (
                    "captured_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "indexes": [models.Index(fields=["case", "captured_at"], name="document_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["IN", "OUT", "INTERNAL"])),
                        name="document_direction_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access_level__in", ["INTERNAL", "RESTRICTED"])),
                        name="document_access_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("LETTER", "Letter"),
                            ("ANSWERS", "Answers as sent"),
                            ("ANNEX", "Annex"),
                            ("ENVELOPE", "Envelope"),
                        ],
                        max_length=10,
                        verbose_name="Part",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="Title")),
                (
                    "question_key",
                    models.CharField(blank=True, help_text="The question that asked for it.", max_length=60),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="components", to="cases.document"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a document",
                "verbose_name_plural": "parts of documents",
                "constraints": [
                    models.UniqueConstraint(fields=("document", "position"), name="component_has_its_position"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["LETTER", "ANSWERS", "ANNEX", "ENVELOPE"])),
                        name="component_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "capacity",
                    models.CharField(
                        choices=[
                            ("OWN_POST", "in their own post"),
                            ("SUBSTITUTE", "as substitute"),
                            ("AT_COUNTER", "at the counter for the applicant"),
                            ("APPLICANT", "as applicant"),
                            ("ADMINISTRATOR", "as administrator"),
                            ("JOB", "automatically"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "capacity_note",
                    models.CharField(blank=True, help_text="Substitute of which post, which job.", max_length=200),
                ),
                ("is_public", models.BooleanField(default=False, help_text="The applicant sees it.")),
                ("payload", models.JSONField(default=dict)),
                ("personal", models.JSONField(default=dict, help_text="Name of the value to its salted hash.")),
                ("schema_version", models.PositiveSmallIntegerField(default=1)),
                ("hash_algorithm", models.CharField(default="sha256", max_length=10)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cases.case",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cases.document",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="cases.institution"
                    ),
                ),
                (
                    "actor_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.post",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "seq"), name="event_one_place_in_its_case"),
                    models.UniqueConstraint(
                        condition=models.Q(("case__isnull", True)),
                        fields=("institution", "seq"),
                        name="event_one_place_without_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "capacity__in",
                                ["OWN_POST", "SUBSTITUTE", "AT_COUNTER", "APPLICANT", "ADMINISTRATOR", "JOB"],
                            )
                        ),
                        name="event_capacity_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="DECISION", max_length=30, verbose_name="Kind")),
                ("template", models.CharField(max_length=80, verbose_name="Template")),
                ("language", models.CharField(max_length=8, verbose_name="Language")),
                ("title", models.CharField(max_length=300, verbose_name="Title")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Paragraphs; a line that begins with - is a list item.",
                        verbose_name="Text",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="Result")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="cases.case"
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        help_text="What it became when locked.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="cases.document",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "draft", "verbose_name_plural": "drafts"},
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("APPLICANT", "Applicant"),
                            ("REPRESENTATIVE", "Representative"),
                            ("CO_OWNER", "Co-owner"),
                            ("ADDRESSEE", "Addressee"),
                            ("CONTACT", "Contact"),
                            ("SENDER", "Sender"),
                        ],
                        max_length=16,
                        verbose_name="Role",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("PERSON", "Person"), ("ORGANISATION", "Organisation")],
                        default="PERSON",
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="Name")),
                (
                    "identifier_kind",
                    models.CharField(
                        blank=True, help_text="CNP, PESEL, EGN, LNCH, CUI, NIP, DOCUMENT …", max_length=20
                    ),
                ),
                (
                    "identifier_hash",
                    models.CharField(
                        blank=True, db_index=True, help_text="Keyed hash; see identifiers.", max_length=64
                    ),
                ),
                (
                    "identifier_hint",
                    models.CharField(
                        blank=True, help_text="The last digits only.", max_length=20, verbose_name="Identifier"
                    ),
                ),
                ("address", models.TextField(blank=True, verbose_name="Address")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("language", models.CharField(max_length=8, verbose_name="Language")),
                (
                    "result_channel",
                    models.CharField(
                        choices=[
                            ("PORTAL", "On the case's page"),
                            ("E_DELIVERY", "Registered e-delivery"),
                            ("EMAIL", "By e-mail"),
                            ("POST", "By post"),
                            ("COUNTER", "At the counter"),
                        ],
                        default="PORTAL",
                        max_length=12,
                        verbose_name="Way to get the result",
                    ),
                ),
                ("mandate_until", models.DateField(blank=True, null=True, verbose_name="Represents until")),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="cases.case"
                    ),
                ),
                (
                    "mandate_document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.document",
                    ),
                ),
                (
                    "represents",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representatives",
                        to="cases.party",
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "indexes": [models.Index(fields=["name"], name="party_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["APPLICANT", "REPRESENTATIVE", "CO_OWNER", "ADDRESSEE", "CONTACT", "SENDER"])
                        ),
                        name="party_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["PERSON", "ORGANISATION"])), name="party_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result_channel__in", ["PORTAL", "E_DELIVERY", "EMAIL", "POST", "COUNTER"])
                        ),
                        name="party_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComponentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("ORIGINAL", "Original"),
                            ("SCAN", "Scan"),
                            ("SEARCHABLE", "Searchable copy"),
                            ("REDACTED", "Redacted copy"),
                            ("FOR_SIGNATURE", "Copy for signature"),
                            ("SIGNED", "Signed"),
                            ("PAGE_IMAGES", "Page images"),
                        ],
                        max_length=14,
                        verbose_name="Role",
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="File name")),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="cases.component"
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="cases.componentfile",
                    ),
                ),
                (
                    "stored_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="cases.storedfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "ORIGINAL",
                                    "SCAN",
                                    "SEARCHABLE",
                                    "REDACTED",
                                    "FOR_SIGNATURE",
                                    "SIGNED",
                                    "PAGE_IMAGES",
                                ],
                            )
                        ),
                        name="file_role_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EventPlace",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="place",
                        serialize=False,
                        to="cases.event",
                    ),
                ),
                ("position", models.PositiveBigIntegerField()),
                ("placed_at", models.DateTimeField()),
                (
                    "hash",
                    models.CharField(help_text="SHA-256 of the hash before it and the event's hash.", max_length=64),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.institution"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("institution", "position"), name="event_place_once")]
            },
        ),
        migrations.CreateModel(
            name="EventValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("salt", models.CharField(max_length=32)),
                ("value", models.TextField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values", to="cases.event"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("event", "name"), name="event_value_once")]},
        ),
        migrations.CreateModel(
            name="OutsideAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("LINK", "Link"), ("DIGITS", "Number and 12 digits")], max_length=8),
                ),
                (
                    "seed",
                    models.CharField(help_text="The secret is derived from it under the records key.", max_length=32),
                ),
                ("secret_hash", models.CharField(db_index=True, max_length=64)),
                ("may_read", models.BooleanField(default=True)),
                ("may_answer", models.BooleanField(default=True)),
                ("may_write", models.BooleanField(default=True)),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outside_accesses", to="cases.case"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accesses", to="cases.party"
                    ),
                ),
            ],
            options={
                "verbose_name": "access from outside",
                "verbose_name_plural": "accesses from outside",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "LINK")), fields=("secret_hash",), name="access_link_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["LINK", "DIGITS"])), name="access_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("RESULT", "Service of the result"), ("NOTICE", "Notice"), ("RECEIPT", "Receipt")],
                        max_length=8,
                    ),
                ),
                ("notice", models.CharField(blank=True, help_text="Which notice, when it is one.", max_length=40)),
                ("notice_data", models.JSONField(blank=True, default=dict)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("PORTAL", "On the case's page"),
                            ("E_DELIVERY", "Registered e-delivery"),
                            ("EMAIL", "By e-mail"),
                            ("POST", "By post"),
                            ("COUNTER", "At the counter"),
                        ],
                        max_length=12,
                        verbose_name="Channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARED", "Prepared"),
                            ("SENT", "Sent"),
                            ("DELIVERED", "Delivered"),
                            ("REFUSED", "Refused"),
                            ("RETURNED", "Returned"),
                        ],
                        default="PREPARED",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("prepared_at", models.DateTimeField(verbose_name="Prepared")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="Sent")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="Delivered")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="Came back")),
                (
                    "evidence",
                    models.JSONField(
                        blank=True, default=dict, help_text="Message id, tracking number, who collected it."
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispatches", to="cases.case"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatches",
                        to="cases.document",
                    ),
                ),
                (
                    "evidence_document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.document",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispatches", to="cases.party"
                    ),
                ),
            ],
            options={
                "verbose_name": "sending",
                "verbose_name_plural": "sendings",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "PREPARED")),
                        fields=["channel", "prepared_at"],
                        name="dispatch_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PREPARED", "SENT", "DELIVERED", "REFUSED", "RETURNED"])),
                        name="dispatch_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["RESULT", "NOTICE", "RECEIPT"])), name="dispatch_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["PORTAL", "E_DELIVERY", "EMAIL", "POST", "COUNTER"])),
                        name="dispatch_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "PREPARED"), ("sent_at__isnull", False), _connector="OR"),
                        name="dispatch_sent_has_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("value", models.JSONField()),
                ("given_at", models.DateTimeField()),
                (
                    "replaced_at",
                    models.DateTimeField(blank=True, help_text="An answer that came later took its place.", null=True),
                ),
                (
                    "transcribed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="cases.case"
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="cases.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("case", "key"),
                        name="answer_one_that_counts",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("OPENED_CASE", "opened the case"),
                            ("OPENED_DOCUMENT", "looked at a document"),
                            ("DOWNLOADED", "downloaded a file"),
                            ("GAVE_REASON", "gave a reason for opening"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="cases.case"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="cases.document",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.party",
                    ),
                ),
                (
                    "stored_file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening",
                "verbose_name_plural": "openings",
                "indexes": [models.Index(fields=["case", "user", "at"], name="access_of_case")],
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope_key", models.CharField(blank=True, max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("seq", models.PositiveIntegerField(blank=True, help_text="Empty for imported numbers.", null=True)),
                ("number", models.CharField(max_length=80, verbose_name="Number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GIVEN", "Given"),
                            ("VOID", "Void"),
                            ("RESERVED", "Reserved for an outage"),
                            ("LOST", "Lost in a restore"),
                            ("IMPORTED", "Imported"),
                        ],
                        default="GIVEN",
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("void_reason", models.CharField(blank=True, max_length=300, verbose_name="Why it is void")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("WEB", "Web"),
                            ("COUNTER", "Counter"),
                            ("TELEPHONE", "Telephone"),
                            ("POST", "Post"),
                            ("EMAIL", "E-mail"),
                            ("FAX", "Fax"),
                            ("E_DELIVERY", "Registered e-delivery"),
                            ("OFFICE", "Another office"),
                            ("API", "Connected system"),
                        ],
                        max_length=20,
                        verbose_name="Channel",
                    ),
                ),
                ("subject", models.CharField(max_length=300, verbose_name="Subject")),
                ("sender_reference", models.CharField(blank=True, max_length=80, verbose_name="Sender's number")),
                ("sheets", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Sheets")),
                ("annexes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Annexes")),
                ("paper_place", models.CharField(blank=True, max_length=120, verbose_name="Place of the paper")),
                ("is_sealed", models.BooleanField(default=False, verbose_name="Registered without opening")),
                ("written_earliest", models.DateField(blank=True, null=True)),
                ("written_latest", models.DateField(blank=True, null=True)),
                ("written_as", models.CharField(blank=True, max_length=60, verbose_name="Date on the item")),
                ("posted_date", models.DateField(blank=True, null=True, verbose_name="Posted")),
                ("received_at", models.DateTimeField(verbose_name="Received")),
                (
                    "registered_at",
                    models.DateTimeField(help_text="When the number was given.", verbose_name="Registered"),
                ),
                ("entered_at", models.DateTimeField(help_text="When the data was typed in.", verbose_name="Entered")),
                (
                    "submission_key",
                    models.CharField(help_text="The same submission sent twice is one entry.", max_length=64),
                ),
                (
                    "event_hash",
                    models.CharField(
                        blank=True, help_text="Hash of the registration event, as printed.", max_length=64
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.case",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="cases.register"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.party",
                    ),
                ),
            ],
            options={
                "verbose_name": "register entry",
                "verbose_name_plural": "register entries",
                "permissions": [
                    ("register_document", "Can register items"),
                    ("void_entry", "Can void a register entry"),
                ],
                "indexes": [
                    models.Index(fields=["register", "-registered_at"], name="entry_by_day"),
                    models.Index(fields=["number"], name="entry_by_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("register", "scope_key", "year", "seq"), name="entry_no_twins"),
                    models.UniqueConstraint(fields=("register", "submission_key"), name="entry_once_per_submission"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["GIVEN", "VOID", "RESERVED", "LOST", "IMPORTED"])),
                        name="entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "IMPORTED"), ("seq__isnull", False), _connector="OR"),
                        name="entry_has_its_place_in_the_block",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "VOID"), _negated=True),
                            models.Q(("void_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="void_entry_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=300, verbose_name="Rule")),
                ("destroyed_at", models.DateTimeField()),
                (
                    "bytes_removed_at",
                    models.DateTimeField(blank=True, help_text="Empty while another record uses them.", null=True),
                ),
                (
                    "component_file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destruction",
                        to="cases.componentfile",
                    ),
                ),
                (
                    "destroyed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stored_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="destructions", to="cases.storedfile"
                    ),
                ),
                (
                    "record_class",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.recordclass"
                    ),
                ),
            ],
            options={"verbose_name": "destruction", "verbose_name_plural": "destructions"},
        ),
        migrations.CreateModel(
            name="SigningRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 over the byte ranges to be signed, in hex.", max_length=128),
                ),
                (
                    "session",
                    models.JSONField(default=dict, help_text="What signing keeps to finish: offsets, attributes."),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("SERVER_KEY", "Key on the server"),
                            ("CARD", "Card at the desk"),
                            ("PHONE", "Telephone"),
                            ("UPLOAD", "Signed file uploaded"),
                        ],
                        default="SERVER_KEY",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting for the signature"),
                            ("SIGNED", "Signed"),
                            ("CALLED_BACK", "Called back"),
                        ],
                        default="WAITING",
                        max_length=12,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_requests",
                        to="cases.document",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.post",
                    ),
                ),
                (
                    "prepared_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_requests",
                        to="cases.componentfile",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a signature",
                "verbose_name_plural": "requests for signatures",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WAITING")), fields=("document",), name="one_signature_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["WAITING", "SIGNED", "CALLED_BACK"])),
                        name="signing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["SERVER_KEY", "CARD", "PHONE", "UPLOAD"])),
                        name="signing_method_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(help_text="PAdES B-B, B-T …", max_length=20)),
                ("certificate", models.JSONField(default=dict, help_text="Subject, issuer, serial number, validity.")),
                ("verdict", models.JSONField(default=dict, help_text="What the check found, with its moment.")),
                ("signed_at", models.DateTimeField()),
                (
                    "signed_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="cases.storedfile"
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signature", to="cases.signingrequest"
                    ),
                ),
            ],
            options={"verbose_name": "signature", "verbose_name_plural": "signatures"},
        ),
        migrations.AddField(
            model_name="document",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                help_text="Its number.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="cases.registerentry",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="institution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="cases.institution",
            ),
        ),
    ]
