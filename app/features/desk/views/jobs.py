"""我的任务: a person's own background jobs and how far they are."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import Response, flash, jsonify, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal
from app.engines import jobs
from app.features.accounts.rules import ALL_ROLES
from app.transaction import transaction
from app.web.access import Tenant, guarded, unattended
from app.web.acting import current_actor
from app.web.pages import Page


class JobsView(Page):
    """Own jobs only: anybody else's, and one that does not exist, are the same 404."""

    route_base = "/desk/jobs"
    tenant = Tenant.own
    menu_label = _l("我的任务")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": ALL_ROLES,
        "can_show": ALL_ROLES,
        "can_cancel": ALL_ROLES,
        "can_retry": ALL_ROLES,
    }

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        return self.render("desk/jobs.html", jobs=[_told(job) for job in self._mine()])

    def _mine(self) -> list[jobs.Job]:
        return jobs.mine(current_actor())

    @expose("/<pk:job_id>")
    @guarded("show")
    def show(self, job_id: int) -> str:
        return self.render("desk/job.html", job=_told(self._own(job_id)))

    @expose("/<pk:job_id>/status")
    @guarded("show")
    @unattended
    def status(self, job_id: int) -> Response:
        """What the progress page asks for every second."""
        job = self._own(job_id)
        return jsonify(
            title=jobs.title(job),
            state=job.state,
            done=job.done,
            total=job.total,
            text=str(jobs.word(job)),
            next_url=jobs.next_url(job),
        )

    @expose("/<pk:job_id>/cancellation", methods=["POST"])
    @guarded("cancel")
    def cancel(self, job_id: int) -> Response:
        self._own(job_id)
        try:
            with transaction():
                job = jobs.cancel(current_actor(), job_id)
            flash(_("“%(title)s”已申请取消。", title=jobs.title(job)), "success")
        except Refusal:
            flash(_("任务已经结束，不能取消。"), "warning")
        return self.go(url_for("JobsView.show", job_id=job_id))

    @expose("/<pk:job_id>/retry", methods=["POST"])
    @guarded("retry")
    def retry(self, job_id: int) -> Response:
        """What failed or was cancelled once more; the handler asks for its rights again."""
        self._own(job_id)
        try:
            with transaction():
                job = jobs.retry(current_actor(), job_id)
            flash(_("“%(title)s”已重新提交。", title=jobs.title(job)), "success")
        except Refusal:
            flash(_("任务没有失败或取消，不需要重试。"), "warning")
        return self.go(url_for("JobsView.show", job_id=job_id))

    def _own(self, job_id: int) -> jobs.Job:
        return jobs.get_own(current_actor(), job_id)


def _told(job: jobs.Job) -> dict[str, Any]:
    """A job as the templates print it."""
    return {
        "title": jobs.title(job),
        "state": job.state,
        "text": jobs.word(job),
        "done": job.done,
        "total": job.total,
        "final": job.final,
        "created_at": job.created_at,
        "url": url_for("JobsView.show", job_id=job.id),
        "status_url": url_for("JobsView.status", job_id=job.id),
        "cancel_url": "" if job.final else url_for("JobsView.cancel", job_id=job.id),
        "retry_url": url_for("JobsView.retry", job_id=job.id) if jobs.may_retry(job) else "",
        "next_url": jobs.next_url(job),
    }
