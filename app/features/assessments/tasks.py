"""Long work of assessment as jobs: the scoring run."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.engines import jobs
from app.features.assessments.labels.judge import JOB_WORDS
from app.features.assessments.services import running

KIND = running.KIND
jobs.titles({KIND: _l("计分 %(round)s")})
jobs.page(KIND, lambda job: f"/desk/scoring/run/{(job.result or {}).get('run', '')}")
jobs.words(JOB_WORDS)


@jobs.handler(KIND)
def score(ctx: Any) -> None:
    """The run, its results and the end of the job are committed together or not at all."""
    with ctx.transaction():
        run = running.score(
            ctx.actor,
            int(ctx.params["round_id"]),
            preview=bool(ctx.params["preview"]),
            now=clock.now(),
            job_id=ctx.job.id,
        )
        ctx.finish("run_done", {"run": run.id, "params": {"number": run.number}})
