"""The records office's rows, one noun per file."""

from cases.models.backfile import BackfileImport, ImportState, RefusedRow
from cases.models.cases import ENDED, Case, CaseReader, CaseRelation, CaseState, RelationKind
from cases.models.crests import Crest
from cases.models.deadlines import Clock, Extension, Suspension
from cases.models.dispatches import Dispatch, DispatchKind, DispatchState
from cases.models.disposal import Destruction, DisposalHold
from cases.models.disposal_lists import (
    CaseTombstone,
    DisposalItem,
    DisposalItemState,
    DisposalList,
    DisposalListState,
    DisposalProtocol,
    TransferItem,
    TransferList,
    TransferState,
)
from cases.models.documents import (
    Component,
    ComponentFile,
    ComponentRole,
    Direction,
    Document,
    FileRole,
    StoredFile,
    office_name_of,
)
from cases.models.drafts import LetterDraft
from cases.models.events import AccessKind, AccessLog, Capacity, Event, EventPlace, EventValue
from cases.models.institutions import Institution
from cases.models.outbox import OutboxRow
from cases.models.outside_access import OutsideAccess, OutsideAccessKind, WrongTry
from cases.models.own_days import OwnDay, OwnDayKind
from cases.models.papers import Loan, PaperPlace
from cases.models.parties import Answer, DeliveryChannel, Party, PartyKind, PartyRole
from cases.models.people import Mandate, Membership, Post, Role, Unit, User
from cases.models.places import Place
from cases.models.previews import NoPreviewReason, Preview, PreviewState
from cases.models.registers import (
    CaseSign,
    Counter,
    CounterScope,
    EntryKind,
    Register,
    RegisterEntry,
    RegisterKind,
)
from cases.models.retention import Appraisal, Retention
from cases.models.rules import ClockStart, Extender, ServiceRules, SignatureLevel, Silence
from cases.models.services import (
    AccessLevel,
    Channel,
    CountingMode,
    DeadlineUnit,
    DisposalAction,
    Question,
    RecordClass,
    RetentionStart,
    Service,
)
from cases.models.signatures import Signature, SignatureCheck, SigningMethod, SigningRequest, SigningState
from cases.models.tasks import Rerouted, Resolution, Task

__all__ = [
    "AccessKind",
    "AccessLevel",
    "AccessLog",
    "Answer",
    "Appraisal",
    "BackfileImport",
    "Capacity",
    "Case",
    "CaseReader",
    "CaseRelation",
    "CaseSign",
    "CaseState",
    "CaseTombstone",
    "Channel",
    "Clock",
    "ClockStart",
    "Component",
    "ComponentFile",
    "ComponentRole",
    "Counter",
    "CounterScope",
    "CountingMode",
    "Crest",
    "DeadlineUnit",
    "DeliveryChannel",
    "Destruction",
    "Direction",
    "Dispatch",
    "DispatchKind",
    "DispatchState",
    "DisposalAction",
    "DisposalHold",
    "DisposalItem",
    "DisposalItemState",
    "DisposalList",
    "DisposalListState",
    "DisposalProtocol",
    "Document",
    "ENDED",
    "EntryKind",
    "Event",
    "EventPlace",
    "EventValue",
    "Extender",
    "Extension",
    "FileRole",
    "ImportState",
    "Institution",
    "LetterDraft",
    "Loan",
    "Mandate",
    "Membership",
    "NoPreviewReason",
    "OutboxRow",
    "OutsideAccess",
    "OutsideAccessKind",
    "OwnDay",
    "OwnDayKind",
    "PaperPlace",
    "Party",
    "PartyKind",
    "PartyRole",
    "Place",
    "Post",
    "Preview",
    "PreviewState",
    "Question",
    "RecordClass",
    "RefusedRow",
    "Register",
    "RegisterEntry",
    "RegisterKind",
    "RelationKind",
    "Rerouted",
    "Resolution",
    "Retention",
    "RetentionStart",
    "Role",
    "Service",
    "ServiceRules",
    "Signature",
    "SignatureCheck",
    "SignatureLevel",
    "SigningMethod",
    "SigningRequest",
    "SigningState",
    "Silence",
    "StoredFile",
    "Suspension",
    "Task",
    "TransferItem",
    "TransferList",
    "TransferState",
    "Unit",
    "User",
    "WrongTry",
    "office_name_of",
]
