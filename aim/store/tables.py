"""The tables of the store, in one place; `migrations` holds how they came to be.

Times are whole seconds since 1970 UTC, days are whole days since 1970-01-01 of the London
calendar, shapes are WKB in EPSG:27700, identities are 16 bytes inside and 32 hexadecimal digits
outside.
"""

from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class RowState(IntEnum):
    """What the current deliveries say of an incident; only current rows are ever counted.

    A held row is current too, in an edition that does not count beside its agency's other one.
    """

    CURRENT = 1
    WITHDRAWN = 2
    UNDONE = 3
    HELD = 4


# The states of rows that the deliveries say are there.
THERE = (RowState.CURRENT, RowState.HELD)


# Small facts by name: data version, key fingerprint, seal of the audit chain, current ward set.
meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("batch_id", String(40), nullable=False, unique=True),
    Column("feed", String(80), nullable=False),
    Column("source", String(80), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("read", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("replaces", String(40)),
    Column("notes", Text, nullable=False),
    # Every source and agency among the rows, JSON; who may see the delivery hangs on all of them.
    Column("sources", Text, nullable=False),
    Column("agencies", Text, nullable=False),
)

# What a delivery said: identities with the hash of their content, and identities it withdrew.
manifest = Table(
    "batch_manifest",
    metadata,
    Column("number", ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("kept", LargeBinary, nullable=False),
    Column("withdrawn", LargeBinary, nullable=False),
)

rejected = Table(
    "rejected",
    metadata,
    Column("number", ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("file", Text),
    Column("row", Integer),
    Column("reason", Text),
    Column("cell", Text),
    Column("source_ref", Text),
)

# The senders' own area codes by delivery: of an LSOA its vintage, of a ward its code.
area_count = Table(
    "area_count",
    metadata,
    Column("number", ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("source", String(80), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("rows", Integer, nullable=False),
)

# The short columns that most statements look at stand first: SQLite reads a row from its left.
# `ward_code` is of the current set (missing outside every ward); `ward_set` is that set's number,
# missing until the ward was looked for.
incident = Table(
    "incident",
    metadata,
    Column("incident_id", LargeBinary(16), primary_key=True),
    Column("content_hash", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("batch_number", Integer),
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("local_hour", SmallInteger),
    Column("local_weekday", SmallInteger),
    Column("incident_type", String(80), nullable=False),
    Column("source", String(80), nullable=False),
    Column("feed", String(80), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("sensitivity", String(20), nullable=False),
    Column("easting", Float),
    Column("northing", Float),
    Column("lon", Float),
    Column("lat", Float),
    Column("occurred_from", BigInteger, nullable=False),
    Column("occurred_to", BigInteger, nullable=False),
    Column("time_precision", String(20), nullable=False),
    Column("place_precision", String(20), nullable=False),
    Column("location_text", Text),
    Column("source_type", Text),
    Column("qualifiers", Text),
    Column("source_ref", Text),
    Column("reported_at", BigInteger),
    Column("uprn", String(12)),
    Column("description", Text),
    Column("victim_kind", String(40)),
    Column("victim_age_band", String(40)),
    Column("victim_sex", String(40)),
    Column("suspect_age_band", String(40)),
    Column("home_distance_band", String(40)),
    Column("ward_set", Integer),
    Column("ward_code", String(40)),
    sqlite_with_rowid=False,
)
WARD_PENDING = incident.c.ward_set.is_(None) & incident.c.easting.is_not(None)
CONTENT_COLUMNS: tuple[str, ...] = tuple(
    name
    for name in incident.c.keys()  # noqa: SIM118 - a collection of columns, not a dictionary
    if name not in {"incident_id", "content_hash", "state", "batch_number", "ward_set", "ward_code"}
)

# Contents a row has had and may have again; `payload` is the row's columns as JSON.
version = Table(
    "incident_versions",
    metadata,
    Column("incident_id", LargeBinary(16), primary_key=True),
    Column("content_hash", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_number", Integer),
    Column("replaced_at", BigInteger, nullable=False),
    Column("feed", String(80), nullable=False),
    Column("source", String(80), nullable=False),
    Column("first_day", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    sqlite_with_rowid=False,
)

ward_set = Table(
    "ward_set",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False, unique=True),
    Column("loaded_at", BigInteger, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("attribution", Text, nullable=False),
)

ward = Table(
    "ward",
    metadata,
    Column("ward_set", ForeignKey("ward_set.number"), primary_key=True, autoincrement=False),
    Column("ward_code", String(40), primary_key=True),
    Column("ward_name", Text, nullable=False),
    Column("polygon", LargeBinary, nullable=False),
)

# The wards of the sets that are not current.
incident_ward = Table(
    "incident_ward",
    metadata,
    Column("incident_id", LargeBinary(16), primary_key=True),
    Column("ward_set", ForeignKey("ward_set.number"), primary_key=True, autoincrement=False),
    Column("ward_code", String(40)),
    sqlite_with_rowid=False,
)
Index("ix_incident_ward_code", incident_ward.c.ward_set, incident_ward.c.ward_code)

# Months of one feed whose agency's other feed counts; worked out anew after each delivery.
held_month = Table(
    "held_month",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("agency", String(80), primary_key=True),
    Column("part", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("counted", String(80), nullable=False),
)

# The gazetteer: sets of places by name.
place_set = Table(
    "place_set",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False, unique=True),
    Column("loaded_at", BigInteger, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("attribution", Text, nullable=False),
)

place = Table(
    "place",
    metadata,
    Column("place_set", ForeignKey("place_set.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("locality", Text, nullable=False),
    Column("postcode", String(10), nullable=False),
    Column("uprn", String(12), nullable=False),
    Column("place_class", Text, nullable=False),
    Column("easting", Float, nullable=False),
    Column("northing", Float, nullable=False),
    Column("precision", String(20), nullable=False),
    sqlite_with_rowid=False,
)

# What people answered on the review list; without a position the words name no place.
place_answer = Table(
    "place_answer",
    metadata,
    Column("text", String(400), primary_key=True),
    Column("ward", String(120), primary_key=True),
    Column("name", Text, nullable=False),
    Column("easting", Float),
    Column("northing", Float),
    Column("precision", String(20), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Positions found for rows that came without one. They are written into the incident, so that every
# read sees them; that a row stands here tells that its position is not its own.
incident_place = Table(
    "incident_place",
    metadata,
    Column("incident_id", LargeBinary(16), primary_key=True),
    Column("easting", Float, nullable=False),
    Column("northing", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("place_precision", String(20), nullable=False),
    Column("own_precision", String(20), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("matched", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Likely reports of one event; a link that a person settled stays whatever is proposed later.
incident_link = Table(
    "incident_link",
    metadata,
    Column("incident_a", LargeBinary(16), primary_key=True),
    Column("incident_b", LargeBinary(16), primary_key=True),
    Column("score", Float, nullable=False),
    Column("certain_time", Boolean, nullable=False),
    # The parts of the score by name, JSON.
    Column("parts", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("actor", String(80)),
    Column("at", BigInteger),
    sqlite_with_rowid=False,
)

# The register of events after which a feed's numbers mean something else.
series_break = Table(
    "series_break",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("source", String(80), nullable=False),
    Column("types", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("removed", Boolean, nullable=False),
)

# A count by ward, type, source and day reads this and nothing else.
BY_WARD_TYPE_AND_DAY = Index(
    "ix_incident_ward_type_day",
    incident.c.state,
    incident.c.ward_code,
    incident.c.incident_type,
    incident.c.first_day,
    incident.c.last_day,
    incident.c.source,
)
# The located rows whose ward was not looked for yet; nearly always none.
Index("ix_incident_ward_pending", incident.c.incident_id, sqlite_where=WARD_PENDING)

run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run_id", String(40), nullable=False, unique=True),
    Column("made_at", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("data_version", BigInteger, nullable=False),
    Column("program_version", String(40), nullable=False),
    Column("parameters", Text, nullable=False),
    Column("min_samples", Integer, nullable=False),
    Column("facts", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("hotspots", Integer, nullable=False),
    # Column names and types of the three frames, JSON.
    Column("shapes", Text, nullable=False),
)

run_hotspot = Table(
    "run_hotspot",
    metadata,
    Column("run", ForeignKey("run.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("hotspot_id", String(80), nullable=False, index=True),
    Column("facts", Text, nullable=False),
    Column("polygon", LargeBinary),
)

run_parent = Table(
    "run_parent",
    metadata,
    Column("run", ForeignKey("run.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("facts", Text, nullable=False),
    Column("polygon", LargeBinary),
)

run_member = Table(
    "run_member",
    metadata,
    Column("run", ForeignKey("run.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("incident_id", LargeBinary(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("core", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(80), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)

# The state of the chain after every so many entries, and at each backup.
audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("store", String(40), nullable=False),
    Column("entry_seal", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("seal", String(64), nullable=False),
)

# Pages that show no rows one by one are counted only.
view_tally = Table(
    "view_tally",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("actor", String(80), primary_key=True),
    Column("page", String(40), primary_key=True),
    Column("views", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Sharing agreements, every version; the newest of a source holds. `content` is JSON.
agreement = Table(
    "agreement",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("source", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Identities of rows erased for a person: they are not taken in again. They are keyed hashes.
erased = Table(
    "erased",
    metadata,
    Column("incident_id", LargeBinary(16), primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# How many rows of a delivery, and members of a saved run, are gone for good.
batch_erased = Table(
    "batch_erased",
    metadata,
    Column("number", ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("rows", Integer, nullable=False),
)

run_erased = Table(
    "run_erased",
    metadata,
    Column("run", ForeignKey("run.number"), primary_key=True, autoincrement=False),
    Column("members", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("agency", String(60), nullable=False),
    # Roles, terms in wards, groups, what the pages call the person, where letters go; JSON.
    Column("facts", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("notice_at", BigInteger),
    # How an identity provider knows the person.
    Column("sign_in_name", String(200), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # What opens the door; read by one function alone.
    Column("password_hash", Text, nullable=False),
    Column("one_time_secret", Text, nullable=False),
    Column("one_time_step", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", ForeignKey("account.id"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    # Roles an identity provider gave for this session, JSON; null where the account's own hold.
    Column("roles", Text),
)

token = Table(
    "token",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account", ForeignKey("account.id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

# Failed sign-ins by keyed mark of an account's name or a client's address.
attempt = Table(
    "attempt",
    metadata,
    Column("who", String(40), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("locked_until", BigInteger),
)

# What was released to councillors and scrutiny members: bands of sensitive figures, squares of
# hotspots, and answers to free questions. A second release must fit the first.
released_band = Table(
    "released_band",
    metadata,
    Column("ward_code", String(40), primary_key=True),
    Column("period", String(40), primary_key=True),
    Column("theme", String(40), primary_key=True),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    sqlite_with_rowid=False,
)

released_square = Table(
    "released_square",
    metadata,
    Column("period", String(40), primary_key=True),
    Column("theme", String(40), primary_key=True),
    Column("ward_code", String(40), primary_key=True),
    Column("square", String(20), primary_key=True),
    sqlite_with_rowid=False,
)

released_answer = Table(
    "released_answer",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("question", Text, nullable=False),
    Column("known", Text, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
)

# One-page results for residents; only approved ones leave.
public_result = Table(
    "public_result",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("drafted_by", String(80), nullable=False),
    Column("drafted_at", BigInteger, nullable=False),
    Column("approved_by", String(80)),
    Column("approved_at", BigInteger),
)

# Days on which only public figures are downloaded; the newest row holds.
pre_election = Table(
    "pre_election",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Places people work at, groups, actions and meetings; `content` is JSON.
task_record = Table(
    "task_record",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("changed_by", String(80), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

# What happened to them, for good.
task_event = Table(
    "task_event",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("what", String(20), nullable=False),
    Column("content", Text, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Files attached to them; one taken out has no content and no name any more.
attachment = Table(
    "attachment",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary),
    Column("actor", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
)

# The private address of an account's calendar, known by its hash alone.
calendar_address = Table(
    "calendar_address",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
)

# Tables whose rows never change and never go; members of a run may be erased (`erasing`).
FOR_GOOD = (
    *(audit, run, run_hotspot, run_parent, run_member),
    *(audit_checkpoint, agreement, task_event),
)
