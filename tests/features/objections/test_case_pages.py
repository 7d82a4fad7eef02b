"""Pages around a case: the desk's deadline, the form of an act, what a case leads to and waits for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import calendar
from app.extensions import db
from app.features.assessments.models import AssessmentFiling
from app.features.objections import services
from app.transaction import transaction
from tests.features.objections import test_correcting as correcting
from tests.features.objections.test_correcting import OBJECTED, VALUE, reopened, upheld
from tests.support import people
from tests.support.judging import do

published = correcting.published


@pytest.mark.one_database("a page and its figure")
def test_the_desk_tells_the_first_deadline_of_the_objections(published: Any, as_: Any) -> None:
    _found, first, _filing = published
    told = {}
    for number, target in enumerate(("total", "grade")):
        claim = services.Claim(target, "有误。")
        at = clock.now() + timedelta(days=number)
        told[target] = do("park1", services.file, people.park("P01").id, first.id, claim, now=at)
    page = as_("operator").page("/desk/")
    line = page.split("待受理的异议")[1].split("</li>")[0]
    assert f'<time datetime="{told["total"].due_on}">' in line
    assert f"剩 {calendar.left(told['total'].due_on)} 个工作日" in line
    do("reviewer2", services.accept, told["total"].id, seen=told["total"].version)
    page = as_("reviewer2").page("/desk/")
    assert f'datetime="{told["total"].due_on}"' in page.split("已受理的异议")[1].split("</li>")[0]
    assert f'datetime="{told["grade"].due_on}"' in page.split("待受理的异议")[1].split("</li>")[0]


@pytest.mark.one_database("a page")
def test_the_form_of_an_act_stands_beside_its_case(published: Any, as_: Any) -> None:
    _found, first, _filing = published
    claim = services.Claim("total", "有误。")
    one = do("park1", services.file, people.park("P01").id, first.id, claim)
    do("reviewer2", services.accept, one.id, seen=one.version)
    browser, address = as_("reviewer2"), f"/desk/objections/show/{one.id}"
    closed = browser.page(address)
    assert f'href="{address}?act=decide#act-form"' in closed
    assert 'id="act-form"' not in closed
    opened = browser.page(f"{address}?act=decide")
    assert opened.index('class="case has-act"') < opened.index('id="act-form"')
    assert "act=decide#act-form" not in opened  # its button has done its work
    wrong = browser.post(f"/desk/objections/act/{one.id}/decide", data={"version": "2"})
    assert wrong.status_code == 400
    assert 'id="act-form"' in wrong.text
    summary = wrong.text.split("data-error-summary")[1].split("</ul>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["outcome", "answer"]


@pytest.mark.one_database("a page")
def test_a_case_leads_to_what_it_is_about(published: Any, as_: Any) -> None:
    found, first, filing = published
    about = {"park": people.park("P01").id, "round": found.id}
    score = "/desk/ranking/?round={round}&amp;version=1&amp;park={park}".format(**about)
    values = f"/desk/filing-reviews/show/{filing.id}"
    for claim, links in (
        (
            services.Claim("indicator", "有误。", (OBJECTED,)),
            (f"&amp;code={OBJECTED}", f"?item={VALUE}"),
        ),
        (services.Claim("total", "有误。"), ("", "")),
    ):
        one = do("park1", services.file, about["park"], first.id, claim)
        case = f"/desk/objections/show/{one.id}"
        addresses = (f"{score}{links[0]}#explained", f"{values}{links[1]}")
        for who in ("operator", "reviewer"):
            page = as_(who).page(case)
            for address in addresses:
                assert f'href="{address}"' in page, (who, address)
                assert as_(who).page(address.replace("&amp;", "&"))
        page = as_("park1").page(case)
        assert f'href="{addresses[0]}"' in page
        assert values not in page


def test_what_is_open_again_waits_since_it_was_opened(published: Any, as_: Any) -> None:
    found, snapshot, filing = published
    long_ago = clock.now() - timedelta(days=70)
    with scope.unscoped(), transaction():
        db.session.execute(
            sa.update(AssessmentFiling)
            .where(AssessmentFiling.id == filing.id)
            .values(submitted_at=long_ago)
        )
    browser, waited = as_("reviewer"), re.compile(r"(\d+) 个工作日")
    board = f"/desk/filing-reviews/board/{found.id}"
    upheld(snapshot)
    reopened(filing)
    row = browser.page("/desk/filing-reviews/list/").split("<tbody")[1]
    assert waited.findall(row) == ["0"]
    assert set(waited.findall(browser.page(board).split("<tbody")[1])) == {"0"}


@pytest.mark.one_database("a page")
def test_a_case_has_no_tab_that_leads_nowhere(published: Any, as_: Any) -> None:
    _found, first, _filing = published
    one = upheld(first)
    page = as_("operator").page(f"/desk/objections/show/{one.id}")
    assert "处理记录" in page
    assert "tab=history" not in page
