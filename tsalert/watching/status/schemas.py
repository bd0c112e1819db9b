"""The shape of the service's status, as the API tells it."""

from marshmallow import Schema, fields

from tsalert.web.fields import Instant


class WorkerSchema(Schema):
    """One worker process; a leading one keeps the timetable."""

    machine = fields.String()
    process = fields.Integer()
    version = fields.String()
    is_leading = fields.Boolean()
    is_silent = fields.Boolean()
    started_at = Instant()
    seen_at = Instant()
    clock_ahead_seconds = fields.Integer(
        metadata={"description": "How far its machine's clock is ahead of the database's; less than 0 where behind."}
    )


class JobSchema(Schema):
    """One job of the timetable and how its last run went."""

    name = fields.String()
    every_seconds = fields.Function(lambda job: int(job.every.total_seconds()), metadata={"type": "integer"})
    state = fields.String(attribute="state.value")
    started_at = Instant(allow_none=True)
    next_at = Instant(allow_none=True)
    seconds = fields.Float(allow_none=True)
    fault = fields.String(allow_none=True, metadata={"description": "The kind of error that ended its last run."})
    failed_since = Instant(allow_none=True)
    runs = fields.Integer()
    failures = fields.Integer()


class QueueSchema(Schema):
    """What waits to be sent on one channel in one lane."""

    channel = fields.String(attribute="channel.value")
    lane = fields.String(attribute="lane.value")
    count = fields.Integer()
    due_since = Instant(allow_none=True)


class ProviderSchema(Schema):
    """Who takes the messages of one channel, and what was answered so far."""

    channel = fields.String(attribute="channel.value")
    by = fields.String()
    down_since = Instant(allow_none=True)
    down_reason = fields.String(allow_none=True)
    answers = fields.Dict(keys=fields.String(), values=fields.Integer())


class DatabaseSchema(Schema):
    """The database: its size in bytes, the version of its tables and the one that is needed."""

    kind = fields.String()
    size = fields.Integer()
    schema = fields.String()
    newest_schema = fields.String()


class RoomSchema(Schema):
    """How many bytes are free where something lies."""

    what = fields.String()
    free = fields.Integer()
    whole = fields.Integer()
    is_short = fields.Boolean()


class StatusSchema(Schema):
    """How the service runs at one moment; ``problems`` is what somebody should see to."""

    at = Instant()
    version = fields.String()
    problems = fields.List(fields.String())
    workers = fields.List(fields.Nested(WorkerSchema))
    worker_heard_at = Instant(allow_none=True)
    jobs = fields.List(fields.Nested(JobSchema))
    queues = fields.List(fields.Nested(QueueSchema))
    providers = fields.List(fields.Nested(ProviderSchema))
    database = fields.Nested(DatabaseSchema)
    rooms = fields.List(fields.Nested(RoomSchema))
    backup_at = Instant(allow_none=True)
