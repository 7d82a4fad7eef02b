"""Without a script the expert's page is one form: nothing that was typed is lost, by no button."""

from __future__ import annotations

import pytest

from app.core import scope
from app.features.assessments.queries import marks
from tests.support import assessments, judging, people
from tests.support.forms import form_of

PANEL = "/desk/expert-panel"


@pytest.fixture
def found(context):
    """Two parks to mark, one indicator each."""
    judging.more_people()
    made = assessments.opened()
    assessments.submitted(made)
    assessments.submitted(made, "P02", by="park2")
    keys = [people.actor(name).user_id for name in ("expert1", "expert2")]
    judging.do("operator", judging.marking.name_panel, made.id, keys, now=None)
    return made


def typed(page: str, found, **answers: str) -> dict[str, str]:
    """The form of a page, with what was typed into it; ``P01="80"`` or ``P01_comment="…"``."""
    form = form_of(page, f"{PANEL}/keep/{found.id}")
    for name, text in answers.items():
        park, _sign, part = name.partition("_")
        form[f"{part or 'mark'}-{assessments.filing(found, park).id}-E2"] = text
    return form


def own(found, name="expert1"):
    with scope.unscoped():
        kept = marks.own(found.id, people.actor(name).user_id)
        parks = {assessments.filing(found, code).id: code for code in ("P01", "P02")}
        said = {parks[pk]: (one.mark, one.comment, one.abstains) for (pk, _e), one in kept.items()}
        return said, marks.panelist(found.id, people.actor(name).user_id).finished_at is not None


def test_handing_in_saves_what_is_typed_first(as_, found):
    browser = as_("expert1")
    page = browser.page(f"{PANEL}/marks/{found.id}")
    assert f'form="marks" data-hand-in formaction="{PANEL}/hand_in/{found.id}"' in page
    form = typed(page, found, P01="80.5", P02_comment="有合作关系", P02_abstains="1")
    assert browser.post(f"{PANEL}/hand_in/{found.id}", data=form).status_code == 303
    said, finished = own(found)
    assert {park: (str(one[0]), *one[1:]) for park, one in said.items()} == {
        "P01": ("80.50", "", False),
        "P02": ("None", "有合作关系", True),
    }
    assert finished


def test_one_that_is_wrong_stops_it_and_all_is_still_there(as_, found):
    browser = as_("expert1")
    page = browser.page(f"{PANEL}/marks/{found.id}")
    form = typed(page, found, P01="70", P02="188", P02_comment="写错的")
    answer = browser.post(f"{PANEL}/hand_in/{found.id}", data=form)
    assert answer.status_code == 400
    assert "有 1 项没有保存，也没有提交" in answer.text
    assert "不能大于 100" in answer.text
    again = form_of(answer.text, f"{PANEL}/keep/{found.id}")
    assert {name: text for name, text in again.items() if name.startswith(("mark", "comment"))} == {
        name: text for name, text in form.items() if name.startswith(("mark", "comment"))
    }
    said, finished = own(found)
    assert (said["P01"][0], "P02" in said, finished) == (70, False, False)
    form = typed(answer.text, found, P02="88")
    assert browser.post(f"{PANEL}/hand_in/{found.id}", data=form).status_code == 303
    assert (own(found)[0]["P02"][:2], own(found)[1]) == ((88, "写错的"), True)


def test_saving_one_saves_the_others_and_too_early_keeps_what_is_there(as_, found):
    browser = as_("expert1")
    at = f"{assessments.filing(found, 'P01').id}-E2"
    page = browser.page(f"{PANEL}/marks/{found.id}")
    form = typed(page, found, P02_comment="先记一笔") | {"at": at}
    answer = browser.post(f"{PANEL}/keep/{found.id}", data=form)
    assert answer.location.endswith(f"{PANEL}/marks/{found.id}#mark-{at}")
    assert own(found)[0] == {"P02": (None, "先记一笔", False)}  # nothing is written of the blank
    form = typed(browser.page(f"{PANEL}/marks/{found.id}"), found, P01="60")
    answer = browser.post(f"{PANEL}/hand_in/{found.id}", data=form)
    assert (answer.status_code, "还有 1 项没有评分" in answer.text) == (400, True)
    assert own(found) == ({"P01": (60, "", False), "P02": (None, "先记一笔", False)}, False)
    odd = form | {"at": "\n//evil.example"}
    assert browser.post(f"{PANEL}/keep/{found.id}", data=odd).location.endswith(str(found.id))


def test_an_older_page_overwrites_nothing_that_it_only_showed(as_, found):
    browser = as_("expert1")
    old = browser.page(f"{PANEL}/marks/{found.id}")
    browser.post(f"{PANEL}/keep/{found.id}", data=typed(old, found, P01="90", P02="50"))
    answer = browser.post(f"{PANEL}/hand_in/{found.id}", data=typed(old, found, P02="55"))
    assert answer.status_code == 400
    assert "这一项已另有评分" in answer.text
    assert 'value="55"' in answer.text
    assert own(found) == ({"P01": (90, "", False), "P02": (50, "", False)}, False)
    form = typed(answer.text, found)  # what the person wants all the same
    assert browser.post(f"{PANEL}/hand_in/{found.id}", data=form).status_code == 303
    assert own(found) == ({"P01": (90, "", False), "P02": (55, "", False)}, True)


def test_what_comes_too_late_is_shown_and_not_taken(as_, found):
    browser = as_("expert1")
    page = browser.page(f"{PANEL}/marks/{found.id}")
    full = typed(page, found, P01="90", P02="50")
    assert browser.post(f"{PANEL}/hand_in/{found.id}", data=full).status_code == 303
    late = typed(page, found, P01="91", P01_comment="补一句")
    answer = browser.post(f"{PANEL}/hand_in/{found.id}", data=late)
    assert answer.status_code == 400
    assert "没有保存：91 · 补一句" in answer.text
    assert answer.text.count("没有保存：") == 1  # not of what was only shown
    assert own(found)[0]["P01"][0] == 90


@pytest.mark.parametrize(("who", "status"), [("expert3", 404), ("operator", 403), ("park1", 403)])
def test_nobody_else_keeps_anything(as_, found, who, status):
    form = {f"mark-{assessments.filing(found, 'P01').id}-E2": "1"}
    for act in ("keep", "hand_in"):
        assert as_(who).post(f"{PANEL}/{act}/{found.id}", data=form).status_code == status
    assert own(found)[0] == {}
