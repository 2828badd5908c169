"""Tables of scanned documents: encrypted files, documents and their pages, scan jobs."""

from __future__ import annotations

from peewee import BlobField, CharField, Check, ForeignKeyField, IntegerField, UUIDField

from peewee_models.accounts import User
from peewee_models.base import JsonField, KeyedTable, Table, UtcDateTimeField
from peewee_models.drafts import Draft
from peewee_models.register import Registration

ONE_OWNER = "(draft_id IS NULL) <> (record_id IS NULL)"


class Media(KeyedTable):
    """One encrypted file.  Without its wrapped key nobody can read it: to delete this row is to shred the file.

    `address` is the SHA-256 of the file's own bytes and its name.  `subject_id`, `kind` and `revision` are what the
    content was sealed for when it came; the key is wrapped for whoever owns it now.
    """

    address = CharField(max_length=64, unique=True)
    size_bytes = IntegerField()
    content_type = CharField(max_length=40)
    wrapped_key = BlobField()
    subject_id = UUIDField(index=True)
    kind = CharField(max_length=20)
    revision = IntegerField()
    created_at = UtcDateTimeField()

    class Meta:
        """A name is a whole hash; nothing empty is kept."""

        constraints = (
            Check("length(address) = 64"),
            Check("size_bytes > 0"),
            Check("length(wrapped_key) = 60"),
            Check("revision >= 1"),
        )


class Document(KeyedTable):
    """One document of a draft or of a record, of one of the kinds D01 to D13.

    `dwelling` is the address that a record's document proves; null where it proves none.  While a correction is typed
    and not saved (its key is `correction`), what came meanwhile proves the address as it is typed there.  `brought_for`
    is what it proved before a clerk said that it is of the present dwelling.
    """

    draft = ForeignKeyField(Draft, null=True)
    record = ForeignKeyField(Registration, null=True)
    kind = CharField(max_length=3)
    state = CharField(max_length=10, default="open")
    title = CharField(max_length=100, default="")
    created_by = ForeignKeyField(User)
    created_at = UtcDateTimeField()
    version = IntegerField(default=1)
    dwelling = JsonField(null=True)
    correction = UUIDField(null=True)
    brought_for = JsonField(null=True)

    class Meta:
        """It belongs to a draft or to a record, never to both and never to nobody."""

        constraints = (
            Check(ONE_OWNER),
            Check("kind IN ('D01','D02','D03','D04','D05','D06','D07','D08','D09','D10','D11','D12','D13')"),
            Check("state IN ('open', 'closed')"),
            Check("version >= 1"),
        )


class Page(KeyedTable):
    """One page.  `original` is never altered; what the clerk decided stands beside it, and `finished` is its outcome.

    A removed page keeps its row until its document goes, so that it can be taken back.
    """

    document = ForeignKeyField(Document)
    position = IntegerField()
    side = CharField(max_length=5, default="")
    original = ForeignKeyField(Media, unique=True)
    rotation_deg = IntegerField(default=0)
    crop = JsonField(null=True)
    finished = ForeignKeyField(Media, null=True, unique=True, backref="finished_pages")
    removed_at = UtcDateTimeField(null=True)
    doubts = JsonField()
    origin = CharField(max_length=8, default="scanned", constraints=[Check("origin IN ('scanned', 'uploaded')")])

    class Meta:
        """Turned by quarters only."""

        constraints = (
            Check("position >= 1"),
            Check("side IN ('', 'front', 'back')"),
            Check("rotation_deg IN (0, 90, 180, 270)"),
        )


Page.add_index(
    Page.index(
        Page.document, Page.position, unique=True, where=Page.removed_at.is_null(), name="page_position_in_document"
    )
)


class CardPage(KeyedTable):
    """A card on one page: the page's original is its front, `back` its back, once that is scanned.

    The page's finished picture shows both.  `sides` is how each is taken out of its original, the front first.
    """

    page = ForeignKeyField(Page, unique=True)
    back = ForeignKeyField(Media, null=True, unique=True)
    sides = JsonField()


class ScanJob(KeyedTable):
    """One wish to scan, from the button to its end; it outlives the page, the request and the agent's restart."""

    draft = ForeignKeyField(Draft, null=True)
    record = ForeignKeyField(Registration, null=True)
    kind = CharField(max_length=3)
    user = ForeignKeyField(User)
    session_id = UUIDField()
    state = CharField(max_length=11, index=True)
    request = JsonField()
    page_count = IntegerField(default=0)
    error_code = CharField(max_length=40, default="")
    facts = JsonField()
    queued_at = UtcDateTimeField()
    started_at = UtcDateTimeField(null=True)
    ended_at = UtcDateTimeField(null=True)

    class Meta:
        """For a draft or for a record; an ended job says when, and a failed one why."""

        constraints = (
            Check(ONE_OWNER),
            Check("kind IN ('D01','D02','D03','D04','D05','D06','D07','D08','D09','D10','D11','D12','D13')"),
            Check("state IN ('queued', 'scanning', 'done', 'cancelled', 'failed', 'interrupted')"),
            Check("page_count >= 0"),
            Check("(ended_at IS NULL) = (state IN ('queued', 'scanning'))"),
            Check("(state = 'failed') = (error_code <> '')"),
        )


class RetentionWait(Table):
    """Since which day of work a page of a record waits for what is not needed of it to be destroyed.

    No foreign key: a page may go by other ways, and what then waits for nothing is found by whoever looks.
    """

    page_id = UUIDField(primary_key=True)
    state = CharField(max_length=80)
    since_day = IntegerField()
