"""The forms of a person's task: one for each verb, each ending in one operation of ``flows.tasks``."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.acting import Actor
from cases.calendar import Calendar
from cases.clock import local_date
from cases.desk.fields import DateInput
from cases.dispatching import addressees, channel_for
from cases.models import DeliveryChannel, Role, Task, Unit, User
from cases.texts import in_language
from flows import tasks
from flows.addressing import officers_of, registry_of, units_that_may
from flows.desk.fields import Words
from flows.desk.visit_questions import visit_field, visit_words
from flows.letters import drafting, locking
from flows.letters.standard import DecisionOutcome
from flows.nodes import PersonTask
from flows.steps import LOOK_AT_NEW, drawn_title, outcome_words
from flows.taking import node_of


class TaskForm(forms.Form):
    """A verb with what it needs to know. ``button`` is what the person presses."""

    verb: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]
    button: ClassVar[str | Promise]
    title: str | Promise = ""
    is_plain = False
    template_name = "desk/flows/form.html"

    def __init__(self, data: Any = None, *, task: Task, user: User, at: dt.datetime, **kwargs: Any) -> None:
        self.task, self.user, self.at = task, user, at
        super().__init__(data, prefix=self.verb, auto_id=f"id_{task.pk}_%s", **kwargs)
        self.set_up()

    def set_up(self) -> None:
        """Fill in choices and first values from the case."""

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        raise NotImplementedError

    def done_words(self) -> str:
        return gettext("Done.")

    def next_address(self) -> str:
        """Where the person goes afterwards."""
        return reverse("desk_tasks")

    @property
    def address(self) -> str:
        return reverse("desk_task_do", args=[self.task.pk, self.verb])

    @cached_property
    def today(self) -> dt.date:
        return local_date(self.task.case, self.at)

    def in_working_days(self, days: int) -> dt.date:
        return Calendar.of(self.task.case.institution).working_days_after(self.today, days)

    def units(self, permission: str) -> Any:
        """The units in which somebody may do that."""
        return units_that_may(permission, self.task.case.institution, self.today)


class CompleteForm(TaskForm):
    verb, steps, button = "complete", ("check_completeness",), _("It is complete")
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Which unit it is for"), empty_label=_("Choose a unit"))

    def set_up(self) -> None:
        """Only the registry has to say whose it is; another unit has it because it is its own."""
        if self.task.unit.is_intake and self.task.case.unit_id == self.task.unit_id:
            self.fields["unit"].queryset = self.units("handle_case").exclude(pk=self.task.unit_id)  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.complete(self.task, unit=self.cleaned_data.get("unit"), actor=actor, at=at)

    def done_words(self) -> str:
        if self.task.case.tasks.filter(step="resolve", ended_at=None).exists():
            return gettext("Complete: the head decides who handles it.")
        return gettext("Complete: the next step has begun.")


class AskApplicantForm(TaskForm):
    verb, steps, button = "ask_applicant", tasks.ASKING_STEPS, _("Ask and stop the clock")
    title = _("Something is missing")
    is_plain = True
    message = Words(label=_("What is missing"), help_text=_("The applicant reads exactly these words."))
    until = forms.DateField(label=_("By when"), widget=DateInput)

    def set_up(self) -> None:
        self.fields["until"].initial = self.in_working_days(10)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.ask_applicant(
            self.task, message=self.cleaned_data["message"], until=self.cleaned_data["until"], actor=actor, at=at
        )

    def done_words(self) -> str:
        return gettext("The applicant was asked. The clock stands still.")


# -- Resolution


@dataclass(frozen=True)
class Choice:
    """A unit with one of its officers, or None for the least loaded."""

    unit: Unit
    officer: User | None


class WhoField(forms.ChoiceField):
    """Unit and officer in one list: officers stand under their unit with what they hold already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Who handles it"), **kwargs)
        self.people: dict[str, Choice] = {}

    def offer(self, units: list[Unit], day: dt.date, *, first: str = "") -> None:
        groups: list[tuple[str, Any]] = [("", first)] if first else []
        for unit in units:
            officers = list(officers_of(unit, day))
            if not officers:
                continue
            options = [(f"{unit.pk}:", gettext("Least loaded: {name}").format(name=officers[0]))]
            self.people[f"{unit.pk}:"] = Choice(unit, None)
            for officer in officers:
                key = f"{unit.pk}:{officer.pk}"
                self.people[key] = Choice(unit, officer)
                amount = getattr(officer, "open_cases", 0)
                options.append((key, gettext("{name}, has {amount}").format(name=officer, amount=amount)))
            groups.append((str(unit), options))
        self.choices = groups


def units_led(task: Task, day: dt.date) -> list[Unit]:
    """Where a resolution on this task may put the case: the own unit first, those below, for the executive all."""
    units = Unit.objects.on(day).filter(institution_id=task.case.institution_id)
    if not task.unit.posts.filter(role=Role.EXECUTIVE).exists():
        units = units.filter(path__startswith=task.unit.path)
    return sorted(units, key=lambda unit: (unit.pk != task.case.unit_id, unit.path))


class ResolveForm(TaskForm):
    verb, steps, button = "resolve", ("resolve",), _("Resolve")
    who = WhoField()
    instruction = Words(label=_("What to do"), required=False)
    due_date = forms.DateField(label=_("By when"), widget=DateInput)

    def set_up(self) -> None:
        self.fields["who"].offer(units_led(self.task, self.today), self.today)  # type: ignore[attr-defined]
        self.fields["due_date"].initial = self.in_working_days(5)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        chosen = self.fields["who"].people[self.cleaned_data["who"]]  # type: ignore[attr-defined]
        return tasks.resolve(
            self.task,
            unit=chosen.unit,
            officer=chosen.officer,
            instruction=self.cleaned_data["instruction"],
            due_date=self.cleaned_data["due_date"],
            actor=actor,
            at=at,
        )

    def done_words(self) -> str:
        return gettext("Resolved.")


class NotForUsForm(TaskForm):
    verb, steps, button = "not_for_us", ("resolve",), _("Send it there")
    title = _("Not for us")
    is_plain = True
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Whose it is"), required=False)
    remarks = Words(label=_("Why"), required=False)

    def set_up(self) -> None:
        registry = registry_of(self.task.case.institution, self.today)
        field = self.fields["unit"]
        others = self.units("handle_case").exclude(pk__in=[registry.pk, self.task.unit_id])
        field.queryset = others  # type: ignore[attr-defined]
        if node_of(self.task).leads_to("TO_REGISTRY"):
            field.empty_label = gettext("Back to the registry")  # type: ignore[attr-defined]
        else:
            field.required = True
            field.empty_label = gettext("Choose a unit")  # type: ignore[attr-defined]

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        remarks, unit = self.cleaned_data["remarks"], self.cleaned_data["unit"]
        if unit is None:
            return tasks.send_to_registry(self.task, remarks=remarks, actor=actor, at=at)
        return tasks.send_to_unit(self.task, unit=unit, remarks=remarks, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Sent on.")


# -- Handling and opinions


class UnitsWithDays(TaskForm):
    """A list of units, each with a day of its own."""

    template_name = "desk/flows/form_units.html"
    days = 5
    asked_for: ClassVar[str]

    def set_up(self) -> None:
        self.rows = []
        due = self.in_working_days(self.days)
        for unit in self.units(self.asked_for).exclude(pk=self.task.case.unit_id):
            chosen, day = f"unit_{unit.pk}", f"due_{unit.pk}"
            self.fields[chosen] = forms.BooleanField(label=str(unit), required=False)
            self.fields[day] = forms.DateField(label=_("By when"), required=False, initial=due, widget=DateInput)
            self.rows.append((unit, chosen, day))

    def unit_rows(self) -> list[tuple[Any, Any]]:
        return [(self[chosen], self[day]) for _unit, chosen, day in self.rows]

    def other_fields(self) -> list[Any]:
        own = {name for _unit, chosen, day in self.rows for name in (chosen, day)}
        return [self[name] for name in self.fields if name not in own]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for _unit, chosen, day in self.rows:
            if cleaned.get(chosen) and not cleaned.get(day) and day not in self.errors:
                self.add_error(day, _("Say by when."))
        return cleaned

    def requests(self, question: str = "") -> list[tasks.OpinionRequest]:
        return [
            tasks.OpinionRequest(unit, self.cleaned_data[day], question)
            for unit, chosen, day in self.rows
            if self.cleaned_data.get(chosen)
        ]


class AskOpinionsForm(UnitsWithDays):
    verb, steps, button = "ask_opinions", tasks.WORKING_STEPS, _("Ask these units")
    title = _("Ask other units for their opinion")
    asked_for = "give_opinion"
    is_plain = True
    question = Words(label=_("What you ask"), required=False, rows=2)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        requests = self.requests(self.cleaned_data["question"])
        return tasks.ask_opinions(self.task, requests=requests, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("The units were asked.")


class GiveOpinionForm(TaskForm):
    verb, steps, button = "give_opinion", ("give_opinion",), _("Give the opinion")
    verdict = forms.ChoiceField(
        label=_("The unit is"),
        choices=[(verdict, outcome_words(verdict)) for verdict in tasks.VERDICTS],
        widget=forms.RadioSelect,
    )
    words = Words(label=_("Why"), rows=5)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.give_opinion(
            self.task, verdict=self.cleaned_data["verdict"], words=self.cleaned_data["words"], actor=actor, at=at
        )

    def done_words(self) -> str:
        return gettext("Your opinion stands in the case.")


class WriteDecisionForm(TaskForm):
    """The matter is ready: begin the letter with the standard text of what is decided."""

    verb, steps, button = "write_decision", tasks.WORKING_STEPS, _("Write the decision")
    outcome = forms.ChoiceField(label=_("What is decided"), choices=DecisionOutcome.choices, widget=forms.RadioSelect)

    def set_up(self) -> None:
        self.draft = drafting.draft_under_work(self.task.case)
        if self.draft:
            del self.fields["outcome"]
        else:
            self.fields["outcome"].initial = DecisionOutcome.GRANTED

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        if self.task.step == "handle":
            self.task = tasks.finish_handling(self.task, actor=actor, at=at) or self.task
        outcome = self.cleaned_data.get("outcome", "")
        letter = node_of(self.task).drawn.letter
        named = {"key": letter} if letter else {}
        self.draft = drafting.begin_draft(self.task.case, outcome=outcome, actor=actor, at=at, **named)
        return self.draft

    def done_words(self) -> str:
        return ""

    def next_address(self) -> str:
        return reverse("desk_letter", args=[self.draft.pk]) if self.draft else super().next_address()


class SubmitDraftForm(UnitsWithDays):
    """On the letter's page, beside the text. Units are chosen only where the procedure leaves that to the officer."""

    verb, steps, button = "submit_draft", ("draft",), _("Send the draft on")
    asked_for = "agree_decision"
    days = 3
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def set_up(self) -> None:
        self.rows = []
        self.title = ""
        if node_of(self.task).leads_to("DRAFTED_WITHOUT_AGREEING"):
            super().set_up()
            self.title = gettext("Who has to agree")

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.submit_draft(
            self.task, revision=self.cleaned_data["revision"], agreeing=self.requests(), actor=actor, at=at
        )

    def done_words(self) -> str:
        return gettext("The draft was sent on.")


# -- Agreeing, approval, signature, dispatch


class _WithDraft(TaskForm):
    """A verb on the letter: its page is one click away."""

    def set_up(self) -> None:
        self.draft = drafting.current_draft(self.task.case)

    @property
    def draft_address(self) -> str:
        return reverse("desk_letter", args=[self.draft.pk]) if self.draft else ""


class AgreeForm(_WithDraft):
    verb, steps, button = "agree", ("agree",), _("Agree")

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.agree(self.task, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Agreed.")


class ApproveForm(_WithDraft):
    verb, steps, button = "approve", ("approve",), _("Approve")

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.approve(self.task, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Approved: the letter is locked and waits for its signature.")


class SignForm(_WithDraft):
    verb, steps, button = "sign", ("sign",), _("Sign")

    @property
    def level_needed(self) -> str:
        return str(locking.level_needed(self.task.case).label)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.sign(self.task, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Signed: the registry sends it out.")


class SendBackForm(TaskForm):
    verb, steps, button = "send_back", (), _("Send back")
    title = _("Send back with remarks")
    is_plain = True
    to = forms.ChoiceField(label=_("Back to"))
    remarks = Words(label=_("What has to change"))

    def set_up(self) -> None:
        """Where the procedure names one step only, there is nothing to choose."""
        targets = node_of(self.task).ways_back()
        if len(targets) > 1:
            choices = [(node.drawn.id, drawn_title(node.drawn, node.step)) for node in targets]
            self.fields["to"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["to"]

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        to, remarks = self.cleaned_data.get("to", ""), self.cleaned_data["remarks"]
        return tasks.send_back(self.task, to=to, remarks=remarks, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Sent back with your remarks.")


class DispatchForm(_WithDraft):
    verb, steps, button = "dispatch", ("dispatch",), _("Register out and send")
    template_name = "desk/flows/form_dispatch.html"

    def ways(self) -> list[tuple[str, str]]:
        """Each party with the way it is served."""
        return [(str(party), str(DeliveryChannel(channel_for(party)).label)) for party in addressees(self.task.case)]

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        self.case = tasks.dispatch(self.task, actor=actor, at=at)
        return self.case

    def done_words(self) -> str:
        return gettext("Sent. The case is closed.") if self.case.is_closed else gettext("Sent.")


class SeeNewForm(TaskForm):
    verb, steps, button = "see_new", (LOOK_AT_NEW,), _("I have looked at it")
    remarks = Words(label=_("What follows from it"), required=False, rows=2)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.see_new(self.task, remarks=self.cleaned_data["remarks"], actor=actor, at=at)


# -- Steps that only some procedures have


class FinishHandlingForm(TaskForm):
    """Handling ends here and no letter is begun by the same person."""

    verb, steps, button = "finish_handling", ("handle",), _("It is handled")

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.finish_handling(self.task, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Handled: the case goes on.")


class AskNobodyForm(TaskForm):
    verb, steps, button = "ask_nobody", ("choose_units",), _("Go on without")
    title = _("No opinion is needed")
    is_plain = True
    remarks = Words(label=_("Why"), required=False, rows=2)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.ask_nobody(self.task, remarks=self.cleaned_data["remarks"], actor=actor, at=at)


class VisitForm(TaskForm):
    """The visit's own small form; the answers become a document of the case."""

    verb, steps, button = "visit", ("visit",), _("Keep what was found")
    remarks = Words(label=_("What you found"), rows=4)

    def set_up(self) -> None:
        self.questions = list(node_of(self.task).drawn.questions)
        own = {f"q_{question['key']}": visit_field(question) for question in self.questions}
        self.fields["remarks"].required = not own
        self.fields = {**own, **self.fields}

    def noted(self) -> list[tasks.Noted]:
        """Each answer in words; what was left empty is not written down."""
        lines = []
        for question in self.questions:
            value = self.cleaned_data.get(f"q_{question['key']}")
            if value in (None, "", []):
                continue
            field = self.fields[f"q_{question['key']}"]
            lines.append(tasks.Noted(str(field.label), visit_words(question, value)))
        return lines

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.visit(self.task, noted=self.noted(), remarks=self.cleaned_data["remarks"], actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("What you found stands in the case.")


class DecideForm(TaskForm):
    verb, steps, button = "decide", ("decide",), pgettext_lazy("verb", "Decide")
    outcome = forms.ChoiceField(label=_("What is decided"), widget=forms.RadioSelect)
    remarks = Words(label=_("Why"), required=False)

    def set_up(self) -> None:
        ways = node_of(self.task).drawn.outcomes
        choices = [(way.code, in_language(way.titles).words or way.code) for way in ways]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        outcome, remarks = self.cleaned_data["outcome"], self.cleaned_data["remarks"]
        return tasks.decide(self.task, outcome=outcome, remarks=remarks, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Decided.")


class NotePaymentForm(TaskForm):
    verb, steps, button = "note_payment", ("note_payment",), _("Note it")
    paid = forms.ChoiceField(
        label=_("The payment"),
        choices=[("PAID", _("It arrived")), ("NOT_PAID", _("It did not arrive"))],
        widget=forms.RadioSelect,
    )
    remarks = forms.CharField(
        label=_("By what"),
        help_text=_("The receipt's number; or why it did not arrive."),
        max_length=300,
        required=False,
    )

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        is_paid, remarks = self.cleaned_data["paid"] == "PAID", self.cleaned_data["remarks"]
        return tasks.note_payment(self.task, is_paid=is_paid, remarks=remarks, actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Noted.")


class PublishForm(TaskForm):
    verb, steps, button = "publish", ("publish",), _("It is published")
    where = forms.CharField(
        label=_("Where"), help_text=_("The notice board, the page's address, the gazette's number."), max_length=300
    )

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.publish(self.task, where=self.cleaned_data["where"], actor=actor, at=at)

    def done_words(self) -> str:
        return gettext("Noted: it is published.")


# -- What the one who waits may do about somebody else's task


class WithdrawOpinionForm(TaskForm):
    verb, steps, button = "withdraw_opinion", ("give_opinion",), _("Go on without it")
    is_plain = True

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.withdraw_opinion(self.task, actor=actor, at=at)

    def next_address(self) -> str:
        return reverse("desk_case", args=[self.task.case.public_id])

    def done_words(self) -> str:
        return gettext("The unit's opinion is no longer needed.")


class CallBackForm(TaskForm):
    verb, steps, button = "call_back", ("sign",), _("Call it back")
    title = _("Call the letter back")
    is_plain = True
    remarks = forms.CharField(label=_("Why"), max_length=300)

    def perform(self, *, actor: Actor, at: dt.datetime) -> Any:
        return tasks.call_back(self.task, remarks=self.cleaned_data["remarks"], actor=actor, at=at)

    def next_address(self) -> str:
        return reverse("desk_case", args=[self.task.case.public_id])

    def done_words(self) -> str:
        return gettext("Called back: it can be changed again.")


FORMS: dict[str, type[TaskForm]] = {
    form.verb: form
    for form in (
        CompleteForm,
        AskApplicantForm,
        ResolveForm,
        NotForUsForm,
        WriteDecisionForm,
        AskOpinionsForm,
        GiveOpinionForm,
        SubmitDraftForm,
        AgreeForm,
        ApproveForm,
        SignForm,
        DispatchForm,
        SendBackForm,
        SeeNewForm,
        FinishHandlingForm,
        AskNobodyForm,
        VisitForm,
        DecideForm,
        NotePaymentForm,
        PublishForm,
        WithdrawOpinionForm,
        CallBackForm,
    )
}
# What the task's panel offers at each step, the first one as the way on.
OFFERED: dict[str, tuple[str, ...]] = {
    "check_completeness": ("complete", "ask_applicant"),
    "resolve": ("resolve", "not_for_us"),
    "handle": ("write_decision", "finish_handling", "ask_opinions", "ask_applicant"),
    "give_opinion": ("give_opinion",),
    "choose_units": ("ask_opinions", "ask_nobody"),
    "draft": ("write_decision", "ask_opinions", "ask_applicant"),
    "agree": ("agree",),
    "approve": ("approve",),
    "sign": ("sign",),
    "dispatch": ("dispatch",),
    "visit": ("visit",),
    "decide": ("decide",),
    "note_payment": ("note_payment",),
    "publish": ("publish",),
    LOOK_AT_NEW: ("see_new",),
}
_NEEDED_WAY = {"ask_opinions": "ASKED_OPINIONS", "ask_applicant": "ASKED_APPLICANT"}


def offered_for(task: Task) -> list[str]:
    """What can be done at the task in its own procedure."""
    verbs = list(OFFERED[task.step])
    if task.flow_task_id is None:
        return verbs
    node = node_of(task)
    verbs = [verb for verb in verbs if verb not in _NEEDED_WAY or node.leads_to(_NEEDED_WAY[verb])]
    if task.step == "handle":
        verbs.remove("finish_handling" if _leads_to_own_letter(node) else "write_decision")
    return [*verbs, "send_back"] if node.ways_back() else verbs


def _leads_to_own_letter(node: PersonTask) -> bool:
    following = node.outcome("HANDLED").node
    return isinstance(following, PersonTask) and following.step == "draft" and following.who == node.who


def waiting_for_signature(task: Task) -> bool:
    return task.step == "sign" and locking.waiting_request(task.case) is not None


class GoOnForm(forms.Form):
    """End the wait for the applicant: it came by telephone, or it is not needed any more."""

    template_name = "desk/flows/form.html"
    button = _("Go on without it")
    title = _("Go on without the applicant's answer")
    is_plain = True
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, data: Any = None, *, address: str = "") -> None:
        self.address = address
        super().__init__(data, auto_id="id_go_on_%s")


class ResolveManyForm(forms.Form):
    """One resolution for all the rows that were picked."""

    task = forms.ModelMultipleChoiceField(Task.objects.none())
    who = WhoField(required=False)
    instruction = forms.CharField(label=_("What to do"), required=False, max_length=500)
    due_date = forms.DateField(label=_("By when"), widget=DateInput)

    def __init__(self, data: Any = None, *, picked: Any, units: list[Unit], today: dt.date) -> None:
        super().__init__(data, auto_id="id_many_%s")
        self.fields["task"].queryset = picked  # type: ignore[attr-defined]
        first = gettext("Each unit's least loaded")
        self.fields["who"].offer(units, today, first=first)  # type: ignore[attr-defined]

    def chosen(self) -> Choice | None:
        return self.fields["who"].people.get(self.cleaned_data["who"])  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """The decision's words. ``revision`` is what they were read from."""

    outcome = forms.ChoiceField(label=_("What is decided"), choices=DecisionOutcome.choices)
    title = forms.CharField(label=_("Title"), max_length=300)
    body = forms.CharField(
        label=_("Text"),
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        help_text=_("A blank line begins a new paragraph; a line that begins with - is an item of a list."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    """Whose work goes to whom, and why."""

    old = forms.ModelChoiceField(User.objects.none(), label=_("From"), empty_label=_("Choose a person"))
    new = forms.ModelChoiceField(User.objects.none(), label=_("To"), empty_label=_("Choose a person"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old"].queryset = people  # type: ignore[attr-defined]
        self.fields["new"].queryset = people  # type: ignore[attr-defined]
