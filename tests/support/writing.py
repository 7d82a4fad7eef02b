"""A page with a rich text field, which the application has none of by itself: for tests alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, render_template
from flask_wtf import FlaskForm
from werkzeug.serving import make_server
from wtforms import StringField

from app.cli.deploy import deploy
from app.core import scope
from app.extensions import db
from app.web.access import public_endpoint
from app.web.listing.page import FormPage
from app.web.writing import RichText
from tests.support import people, preview

ADDRESS = "/preview-writing"
FIRST = "<h2>开头</h2><p>已有的<strong>正文</strong>。</p>"


class WritingForm(FlaskForm):
    title = StringField("标题")
    body = RichText("正文", most=500)


def add_page(app: Flask) -> None:
    """GET shows the form, POST what would be saved and the form again."""

    def page() -> Any:
        form = WritingForm(data={"title": "一篇", "body": FIRST})
        good = form.validate_on_submit()
        shown = FormPage(
            title="写一篇",
            form=form,
            sections=(("", ("title", "body")),),
            action=ADDRESS,
            cancel_url="/desk/",
            submit_label="保存",
            state_text=form.body.lost,
            draft_key=ADDRESS,
        )
        saved = form.body.data if good else None
        status = 400 if form.errors else 200
        return render_template("preview_writing.html", page=shown, saved=saved), status

    app.jinja_env.loader = preview.loader(app)
    app.add_url_rule(ADDRESS, "preview_writing", page, methods=["GET", "POST"])
    public_endpoint("preview_writing")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application with that page and everybody of the tests, on a free port."""
    add_page(app)
    with app.app_context(), scope.unscoped():
        deploy()
        people.make_everybody()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
