"""The rules of record leave the service: versions of their own, each from a day on; own days of the institution."""

import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import cases.texts

# What stood with the service and now stands with its rules, under the same names.
MOVED = (
    "register_id",
    "record_class_id",
    "access_level",
    "deadline_amount",
    "deadline_unit",
    "counting_mode",
    "legal_basis",
    "delivery_channels",
    "fees",
)
BEFORE_EVERYTHING = dt.date(2000, 1, 1)


def rules_from_services(apps, schema_editor):
    """What stood with the service becomes its first rules, in force for all that is filed already."""
    rules = apps.get_model("cases", "ServiceRules")
    for service in apps.get_model("cases", "Service").objects.all():
        values = {name: getattr(service, name) for name in MOVED}
        rules.objects.create(service=service, valid_from=BEFORE_EVERYTHING, published_at=timezone.now(), **values)
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table with checks still to come


def services_from_rules(apps, schema_editor):
    services = apps.get_model("cases", "Service").objects
    for rules in apps.get_model("cases", "ServiceRules").objects.order_by("valid_from"):
        services.filter(pk=rules.service_id).update(**{name: getattr(rules, name) for name in MOVED})
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_records_office"),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "own day",
                "verbose_name_plural": "own days",
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
            ],
            options={
                "verbose_name": "record rules",
                "verbose_name_plural": "record rules",
            },
        ),
        migrations.RemoveConstraint(
            model_name="service",
            name="service_access_known",
        ),
        migrations.RemoveConstraint(
            model_name="service",
            name="service_unit_known",
        ),
        migrations.RemoveConstraint(
            model_name="service",
            name="service_mode_known",
        ),
        migrations.AlterField(
            model_name="institution",
            name="own_days_off",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Copied from OwnDay, to be counted with.",
                verbose_name="Own days off",
            ),
        ),
        migrations.AddField(
            model_name="ownday",
            name="declared_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ownday",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="own_days", to="cases.institution"
            ),
        ),
        migrations.AddField(
            model_name="servicerules",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servicerules",
            name="record_class",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.recordclass",
                verbose_name="Record class",
            ),
        ),
        migrations.AddField(
            model_name="servicerules",
            name="register",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.register",
                verbose_name="Register",
            ),
        ),
        migrations.AddField(
            model_name="servicerules",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="cases.service"
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="register",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="cases.register",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="record_class",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="cases.recordclass",
            ),
        ),
        migrations.RunPython(rules_from_services, services_from_rules),
        migrations.RemoveField(
            model_name="service",
            name="access_level",
        ),
        migrations.RemoveField(
            model_name="service",
            name="counting_mode",
        ),
        migrations.RemoveField(
            model_name="service",
            name="deadline_amount",
        ),
        migrations.RemoveField(
            model_name="service",
            name="deadline_unit",
        ),
        migrations.RemoveField(
            model_name="service",
            name="delivery_channels",
        ),
        migrations.RemoveField(
            model_name="service",
            name="fees",
        ),
        migrations.RemoveField(
            model_name="service",
            name="legal_basis",
        ),
        migrations.RemoveField(
            model_name="service",
            name="record_class",
        ),
        migrations.RemoveField(
            model_name="service",
            name="register",
        ),
        migrations.AddConstraint(
            model_name="ownday",
            constraint=models.UniqueConstraint(fields=("institution", "date"), name="own_day_once"),
        ),
        migrations.AddConstraint(
            model_name="ownday",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["OFF", "WORKING"])), name="own_day_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.UniqueConstraint(fields=("service", "valid_from"), name="service_rules_once_per_day"),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("access_level__in", ["INTERNAL", "RESTRICTED"])), name="rules_access_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("deadline_unit__in", ["CALENDAR_DAYS", "WORKING_DAYS", "MONTHS"])),
                name="rules_unit_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("counting_mode__in", ["FIRST_DAY_EXCLUDED", "CLEAR_DAYS"])), name="rules_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("clock_start__in", ["FILING", "NEXT_WORKING_DAY", "COMPLETENESS"])),
                name="rules_start_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("silence__in", ["NOTHING", "TACIT_APPROVAL", "REFUSAL"])),
                name="rules_silence_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("signature_level__in", ["SIMPLE", "ADVANCED", "QUALIFIED"])),
                name="rules_signature_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("extended_by__in", ["OFFICER", "HEAD", "EXECUTIVE"])), name="rules_extender_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("extension_unit__in", ["CALENDAR_DAYS", "WORKING_DAYS", "MONTHS"])),
                name="rules_longer_unit_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("deadline_amount__gte", 1)), name="rules_have_a_term"
            ),
        ),
    ]
