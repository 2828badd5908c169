"""All tables, in the order in which they can be made."""

from __future__ import annotations

from peewee_models.accounts import EnrolmentCode, Session, SignInTry, User
from peewee_models.addresses import AddressEdition, DoorPlate, ResponsibleBlock
from peewee_models.approvals import Approval
from peewee_models.audit import AuditEntry
from peewee_models.base import Table
from peewee_models.cancellations import Cancellation, CancellationForm
from peewee_models.code_tables import CodeEdition, CodeLine, CodeUpload, RuleValue
from peewee_models.corrections import Correction
from peewee_models.documents import CardPage, Document, Media, Page, RetentionWait, ScanJob
from peewee_models.drafts import Draft, DraftField, SavedDraft
from peewee_models.duplicates import DistinctPersons, DuplicatePair, UncomparedPerson
from peewee_models.exchange import ImportRun, Provision
from peewee_models.export_requests import AskedRegistrations, ExportRequest
from peewee_models.merges import MergedRegistration, PersonMerge
from peewee_models.outbox import OutboxRow
from peewee_models.photos import Photo
from peewee_models.register import AcceptedProblem, Change, FieldOrigin, FullView, Household, Person, Registration
from peewee_models.station import StationMeta

TABLES: tuple[type[Table], ...] = (
    StationMeta,
    User,
    Session,
    SignInTry,
    EnrolmentCode,
    AuditEntry,
    OutboxRow,
    Household,
    Person,
    Registration,
    FieldOrigin,
    Change,
    AcceptedProblem,
    FullView,
    Draft,
    DraftField,
    SavedDraft,
    Correction,
    Approval,
    Media,
    Document,
    Page,
    CardPage,
    ScanJob,
    RetentionWait,
    Photo,
    Cancellation,
    CancellationForm,
    CodeEdition,
    CodeLine,
    CodeUpload,
    RuleValue,
    DuplicatePair,
    UncomparedPerson,
    DistinctPersons,
    PersonMerge,
    MergedRegistration,
    Provision,
    ImportRun,
    AddressEdition,
    ResponsibleBlock,
    DoorPlate,
    ExportRequest,
    AskedRegistrations,
)
