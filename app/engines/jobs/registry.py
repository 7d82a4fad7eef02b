"""What features declare about their kinds of job: the handler, the next page, the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from app.engines.jobs.context import JobContext
    from app.engines.jobs.models import Job

Handler = Callable[["JobContext"], dict[str, Any] | None]
Pages = Callable[["Job"], str]

#: Among a job's parameters: what fills its title.
TITLE_VALUES = "title_values"

_handlers: dict[str, Handler] = {}
_pages: dict[str, Pages] = {}
_titles: dict[str, Any] = {}
_words: dict[str, Any] = {
    "queued": _l("排队中"),
    "running": _l("正在处理"),
    "interrupted": _l("处理被中断，将自动继续"),
    "cancelling": _l("正在取消"),
    "done": _l("已完成"),
    "failed": _l("处理失败"),
    "cancelled": _l("已取消"),
    "crashed": _l(
        "处理失败：系统出错，错误已记录。请稍后重试；如仍有问题，请按“帮助与联系”联系我们。"
    ),
    "worker_died": _l("处理失败：任务多次被中断，已停止重试。请按“帮助与联系”联系我们。"),
    "forbidden": _l("处理失败：您已没有此操作的权限。"),
    "notfound": _l("处理失败：要处理的内容已不存在。"),
    "actor_gone": _l("处理失败：发起人的账号或权限已失效。"),
}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Declare the function that does the work of ``kind``; it may run more than once."""

    def declare(function: Handler) -> Handler:
        known = _handlers.get(kind)
        if known is not None and known.__qualname__ != function.__qualname__:
            msg = f"two handlers for {kind}"
            raise ValueError(msg)
        _handlers[kind] = function
        return function

    return declare


def handler_of(kind: str) -> Handler:
    """The handler of a kind; ``KeyError`` for a kind nobody declared."""
    return _handlers[kind]


def page(kind: str, address: Pages) -> None:
    """Declare where the person goes on once a job of ``kind`` is done."""
    _pages[kind] = address


def next_url(job: Job) -> str:
    """Address that shows the outcome; "" when the kind has none or the job is not done."""
    address = _pages.get(job.kind)
    return address(job) if address is not None and job.state == "done" else ""


def titles(texts: dict[str, Any]) -> None:
    """Declare the (lazy) title of kinds; the values given to ``enqueue`` fill it."""
    _titles.update(texts)


def title_of(kind: str, values: Mapping[str, Any]) -> str:
    """The declared title, filled, in the language of the moment."""
    return str(_titles[kind]) % values


def title(job: Job) -> str:
    """The title in the reader's language; a row that brings no values shows the text it has."""
    values = job.params.get(TITLE_VALUES)
    return title_of(job.kind, values) if values and job.kind in _titles else job.title


def words(texts: dict[str, Any]) -> None:
    """Declare (lazy) texts of message and error codes."""
    _words.update(texts)


def word(job: Job) -> Any:
    """One sentence on where the job stands."""
    params = (job.result or {}).get("params", {})
    for code in (job.error, job.message, _standing(job), job.state):
        if code in _words:
            text = str(_words[code])
            return text % params if params and code in (job.error, job.message) else text
    return job.state


def _standing(job: Job) -> str:
    if job.state == "running" and job.cancel_requested:
        return "cancelling"
    return "interrupted" if job.state == "queued" and job.started_at else ""
