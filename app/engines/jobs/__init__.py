"""Background work. The ``job`` row is the truth; the queue only carries its id.

How a killed worker loses nothing: ``run`` claims a row by an UPDATE that only one can win, which
also counts the attempt. Every process that runs jobs holds a lock on a file of its own
(``Roster``); the kernel lets go of it however the process ends. A running job is taken back when
its process is known to be dead, or, for a process of another machine, when its lease has ended by
the database's clock. A held lock keeps the job whatever the clock or the lease says: so one long
transaction on SQLite, during which nobody else can write, does not lose its job. The third crash
makes the job ``failed``. What was taken back can commit nothing any more: each ``ctx.transaction``
ends with a check that the row still belongs to this attempt.

One effect: call ``ctx.finish(...)`` inside the ``ctx.transaction()`` that has the effect, then both
are committed together or not at all.
"""

from __future__ import annotations

from app.engines.jobs.context import Cancelled, JobContext, LeaseLost, Released
from app.engines.jobs.delivery import connect
from app.engines.jobs.models import Job, State
from app.engines.jobs.ports import ActorGone, Ports
from app.engines.jobs.queries import get_own, mine
from app.engines.jobs.recovery import extend_leases, recover, resend
from app.engines.jobs.registry import handler, next_url, page, title, titles, word, words
from app.engines.jobs.roster import Roster
from app.engines.jobs.running import run
from app.engines.jobs.services import cancel, enqueue, may_retry, retry

__all__ = [
    "ActorGone",
    "Cancelled",
    "Job",
    "JobContext",
    "LeaseLost",
    "Ports",
    "Released",
    "Roster",
    "State",
    "cancel",
    "connect",
    "enqueue",
    "extend_leases",
    "get_own",
    "handler",
    "may_retry",
    "mine",
    "next_url",
    "page",
    "recover",
    "resend",
    "retry",
    "run",
    "title",
    "titles",
    "word",
    "words",
]
