"""Handing in through the pages, and the receipt: on the page, for the printer, as a PDF."""

from __future__ import annotations

import io
import re

import html5lib
import pytest

from tests.support import assessments, forms, judging, pdf_text
from tests.support.assessments import PDF


@pytest.fixture
def one(context):
    return assessments.filing(assessments.opened(), "P01")


def address(one, rest=""):
    return f"/desk/filings/{one.id}{rest}"


def test_commitment_then_sure_then_the_receipt_and_back(as_, one):
    browser = as_("park1")
    assessments.fill_value(one, "employees", "620")
    page = browser.page(address(one, "/commitment"))
    assert "承诺" in page
    answer = browser.post(address(one, "/commitment"), data={"file": (io.BytesIO(b"no"), "a.pdf")})
    assert answer.status_code == 400
    answer = browser.post(address(one, "/commitment"), data={"file": (io.BytesIO(PDF), "a.pdf")})
    assert answer.status_code == 303
    page = browser.page(address(one, "/check"))
    assert "确定" in page
    data = {"version": forms.hidden(page, "version"), "digest": forms.hidden(page, "digest")}
    answer = browser.post(address(one, "/submit"), data=data)
    assert answer.headers["Location"].endswith("/receipt")
    receipt = browser.page(address(one, "/receipt"))
    assert "KH" in receipt
    assert "测park1" in receipt
    assert browser.post(address(one, "/submit"), data=data).status_code == 303  # pressed twice
    assert judging.fresh(one).state == "submitted"
    _the_same_on_paper(browser, one, receipt)
    data = {"version": forms.hidden(receipt, "version")}
    assert browser.post(address(one, "/withdraw"), data=data).status_code == 303
    assert judging.fresh(one).state == "draft"


def _the_same_on_paper(browser, one, receipt):
    """The print page holds every fact of the receipt, and the PDF the text of the print page."""
    page = browser.page(address(one, "/receipt/print"))
    paper = next(html5lib.parse(page, namespaceHTMLElements=False).iter("main"))
    told = words_in(paper)
    article = next(html5lib.parse(receipt, namespaceHTMLElements=False).iter("article"))
    facts = [words_in(fact) for kind in ("dd", "li") for fact in article.iter(kind)]
    assert len(facts) > 8
    assert all(fact in told for fact in facts)
    answer = browser.get(address(one, "/receipt/pdf"))
    assert answer.mimetype == "application/pdf"
    minute = r"\d\d:\d\d$"  # the page and the PDF may be of two minutes
    # the numbers of the list are drawn last, and the page's own number
    printed = re.sub(r"1\.2\.3\.|—\d/\d—", "", pdf_text.text_of(answer.data))
    assert re.sub(minute, "", printed) == re.sub(minute, "", words_in(paper))


def words_in(element):
    return re.sub(r"\s", "", "".join(element.itertext()))


def test_what_comes_next_depends_on_how_far_the_review_is(as_, context):
    judging.more_people()
    filed = assessments.submitted(assessments.opened(), "P01")
    browser = as_("park1")
    assert "审核员逐项核对，最迟" in browser.page(address(filed, "/receipt"))
    judging.reviewed(filed)
    receipt = browser.page(address(filed, "/receipt"))
    assert "本园区填报的审核已经完成。" in receipt
    assert "最迟" not in receipt


def test_no_receipt_before_it_was_handed_in(as_, one):
    for kind in ("", "/print", "/pdf"):
        answer = as_("park1").get(address(one, f"/receipt{kind}"))
        assert answer.headers["Location"].endswith(address(one))
