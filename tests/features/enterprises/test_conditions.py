"""高级筛选 of the register: what a condition finds, for whom, and that nobody finds out more by it."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from app.core import clock, scope
from app.extensions.lists import where
from app.web.acting import act_as
from tests.features.accounts.test_view_as import looking
from tests.support import enterprises as made
from tests.support import people

LIST = "/desk/enterprises/list/"
CONDITIONS = "/desk/enterprises/conditions"
STATUSES = ("在园", "暂停", "迁出")
TEXTS = ("海", "三亚", "100%", "a_b", "'引'", "")
WORDS = re.compile(r"共 (\d+) 家，已筛选 (\d+) 家")


def asked(text: str) -> str:
    return f"{LIST}?where={quote(text)}"


@pytest.fixture
def many(app):
    """Forty enterprises of P01 with and without values, and one of P02."""
    dice = random.Random(7)
    rows = []
    with app.app_context(), scope.unscoped():
        for serial in range(10, 50):
            values = {
                "name": f"{dice.choice(TEXTS[:3])}{serial}号",
                "remark": dice.choice(TEXTS) or None,
                "status": dice.choice(STATUSES),
                "roles": dice.choice((("卖家",), ("卖家", "服务商"), ("平台",))),
                "registered_capital": dice.choice(
                    (None, Decimal(0), Decimal("500.00"), Decimal("12.34"))
                ),
                "annual_sales": dice.choice((None, Decimal("1.00"), Decimal("800.50"))),
                "staff_count": dice.choice((None, 0, 12, 300)),
                "settled_on": clock.today() - timedelta(days=dice.choice((0, 5, 29, 30, 31, 400))),
                "filed_on_platform": dice.choice((None, True, False)),
            }
            values["id"] = made.add("P01", serial, **values).id
            rows.append(values)
        made.add("P02", 60, name="别家有限公司")
    return rows


# -- random conditions: list = export = count = plain Python -----------------------------------
def condition(dice: random.Random) -> tuple[str, object]:
    """A condition as text, and what it means in plain Python."""
    match dice.choice(
        ("remark", "status", "roles", "capital", "sales", "staff", "settled", "filed")
    ):
        case "remark":
            text = dice.choice(TEXTS[:-1])
            written = "'" + text.replace("'", "''") + "'"
            return dice.choice((
                (f"remark.has({written})", lambda row: text in (row["remark"] or "")),
                (f"remark.lacks({written})", lambda row: text not in (row["remark"] or "")),
                (f"remark.is({written})", lambda row: row["remark"] == text),
                (f"name.starts({written})", lambda row: row["name"].startswith(text)),
                ("remark.empty()", lambda row: not row["remark"]),
                ("remark.filled()", lambda row: bool(row["remark"])),
            ))  # fmt: skip
        case "status":
            some = dice.sample(STATUSES, dice.randint(1, 2))
            return dice.choice((
                (f"status.any({','.join(some)})", lambda row: row["status"] in some),
                (f"status.none({','.join(some)})", lambda row: row["status"] not in some),
            ))  # fmt: skip
        case "roles":
            some = dice.sample(("卖家", "服务商", "平台"), dice.randint(1, 2))
            return dice.choice((
                (f"roles.any({','.join(some)})", lambda row: bool(set(some) & set(row["roles"]))),
                (f"roles.none({','.join(some)})", lambda row: not set(some) & set(row["roles"])),
            ))  # fmt: skip
        case "settled":
            today, day = clock.today(), clock.today() - timedelta(days=dice.choice((5, 30)))
            return dice.choice((
                (f"settled_on.on({day})", lambda row: row["settled_on"] == day),
                (f"settled_on.before({day})", lambda row: row["settled_on"] < day),
                (f"settled_on.after({day})", lambda row: row["settled_on"] > day),
                ("settled_on.in(last_30)",
                 lambda row: today - timedelta(days=29) <= row["settled_on"] <= today),
                ("settled_on.empty()", lambda row: row["settled_on"] is None),
            ))  # fmt: skip
        case "filed":
            return dice.choice((
                ("filed_on_platform.yes()", lambda row: row["filed_on_platform"] is True),
                ("filed_on_platform.no()", lambda row: row["filed_on_platform"] is False),
                ("filed_on_platform.empty()", lambda row: row["filed_on_platform"] is None),
            ))  # fmt: skip
        case number:
            name = {
                "capital": "registered_capital",
                "sales": "annual_sales",
                "staff": "staff_count",
            }
            return of_number(dice, name[number])


def of_number(dice: random.Random, name: str) -> tuple[str, object]:
    low, high = sorted(dice.sample((0, 12, 300, 500, 800), 2))

    def given(row, test):
        return row[name] is not None and test(row[name])

    return dice.choice((
        (f"{name}.eq({low})", lambda row: given(row, lambda value: value == low)),
        (f"{name}.ge({high})", lambda row: given(row, lambda value: value >= high)),
        (f"{name}.le({low})", lambda row: given(row, lambda value: value <= low)),
        (f"{name}.between({low},{high})", lambda row: given(row, lambda value: low <= value <= high)),
        (f"{name}.empty()", lambda row: row[name] is None),
        (f"{name}.filled()", lambda row: row[name] is not None),
    ))  # fmt: skip


def random_tree(dice: random.Random, deep: int = 3) -> tuple[str, object]:
    if deep == 0 or dice.random() < 0.3:
        return condition(dice)
    parts = [random_tree(dice, deep - 1) for _number in range(dice.randint(2, 3))]
    joined, hold = dice.choice((("and", all), ("or", any)))
    text = f"{joined}({','.join(text for text, _test in parts)})"
    return text, lambda row: hold(test(row) for _text, test in parts)


def view_of(app):
    return next(
        one for one in app.appbuilder.baseviews if one.class_permission_name == "EnterpriseView"
    )


def few_enough(text: str) -> bool:
    return (
        text.count(".") <= where.MOST_CONDITIONS and len(quote(text, safe="(),'")) < where.MOST_LONG
    )


def test_random_conditions_find_what_plain_python_finds(app, many):
    dice, tried = random.Random(20261123), 0
    with app.test_request_context(), scope.acting_as(people.actor("park1")):
        act_as(people.actor("park1"))
        register = view_of(app)
        while tried < 150:
            text, test = random_tree(dice)
            if not few_enough(text):
                continue
            tried += 1
            wanted = sorted(row["id"] for row in many if test(row))
            criteria = register.criteria({"where": text})
            assert sorted(register.source.ids(criteria, 100)) == wanted, text
            assert register.source.count(criteria).number == len(wanted), text


@pytest.mark.one_database("the statements are those of the test before")
def test_list_export_and_count_say_the_same(app, as_, many):
    dice, browser = random.Random(4), as_("park1")
    shown = set()
    for _time in range(12):
        text, test = random_tree(dice, 2)
        names = {row["name"] for row in many if test(row)}
        page = browser.page(f"{asked(text)}&size=100")
        assert {name for name in names if name in page} == names, text
        assert WORDS.search(page).groups() == ("40", str(len(names))), text
        file = browser.post(f"/desk/enterprises/export?where={quote(text)}",
                            data={"format": "csv", "columns": "name", "chosen": "1"})  # fmt: skip
        lines = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
        assert {line[0] for line in lines[1:]} == names, text
        told = browser.get(f"{CONDITIONS}?where={quote(text)}").json
        assert told["count"] == f"符合条件 {len(names)} 家"
        assert told["words"] in page.replace("&#34;", '"').replace("&#39;", "'")
        shown.add(len(names))
    assert len(shown) > 3


# -- the page ----------------------------------------------------------------------------------
def test_the_sentence_is_a_chip_that_stays_and_can_be_removed(as_, many):
    browser = as_("park1")
    page = browser.page(f"{asked('or(remark.empty(),staff_count.ge(300))')}&roles=卖家")
    assert "备注为空，或员工人数不少于 300" in page
    assert 'name="where" value="or(remark.empty(),staff_count.ge(300))"' in page
    assert "where=or(remark.empty(),staff_count.ge(300))" in page  # legible in every link
    removed = re.search(r'href="([^"]*)" aria-label="移除条件 高级筛选', page)[1]
    assert "where=" not in removed
    assert "roles=" in removed
    cleared = re.search(r'class="chips-clear" href="([^"]*)"', page)[1]
    assert "where=" not in cleared
    english = as_("park1")
    english.post("/preferences", data={"lang": "en"})
    assert " is empty, or Employees is at least 300" in english.page(
        asked("or(remark.empty(),staff_count.ge(300))")
    )


def test_all_that_match_means_the_conditions_too(app, as_, many):
    wanted = [row for row in many if row["staff_count"] == 300]
    browser = as_("park1")
    next_page = asked("staff_count.ge(300)")
    data = {"all": "1", "count": str(len(wanted)), "next": next_page}
    browser.post("/desk/enterprises/bulk/delete", data=data)
    assert len(made.alive(app)) == 40 - len(wanted)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "x",
            "name.has(a",
            "status.any(x)",
            "staff_count.ge(99999999999999999999)",
            "name.has(\x00)",
        ),
        "and(" * 60 + ")" * 60,
        f"name.has({'长' * 600})",
    ],
)
def test_odd_conditions_are_a_400(as_, two_parks, text):
    browser = as_("park1")
    for address in (LIST, CONDITIONS, "/desk/enterprises/export"):
        assert browser.get(f"{address}?where={quote(text)}").status_code == 400
    answer = browser.post(
        "/desk/enterprises/views", data={"name": "x", "query": f"where={quote(text)}"}
    )
    assert answer.status_code == 400


def test_an_empty_result_says_how_to_go_on(as_, two_parks):
    page = as_("park1").page(asked("name.is(没有)"))
    assert "没有符合条件的记录" in page
    assert "清除全部筛选" in page


# -- who finds out what ------------------------------------------------------------------------
def test_another_parks_rows_are_neither_found_nor_counted(as_, many):
    browser = as_("park1")
    assert "别家有限公司" not in browser.page(asked("name.filled()"))
    assert (
        browser.get(f"{CONDITIONS}?where=name.has({quote('别家')})").json["count"]
        == "符合条件 0 家"
    )
    offered = browser.get(f"{CONDITIONS}?builder=1").json["columns"]
    assert "park" not in [one["name"] for one in offered]


def test_masked_columns_are_no_oracle(as_, two_parks):
    """A reviewer reads names masked: conditions on them would tell them letter by letter."""
    reviewer, clerk = as_("reviewer"), as_("clerk1")
    for name in ("contact_name", "email", "contact_phone"):
        assert reviewer.get(asked(f"{name}.has(a)")).status_code == 400
        assert reviewer.get(f"{CONDITIONS}?where={name}.has(a)").status_code == 400
    offered = [one["name"] for one in reviewer.get(f"{CONDITIONS}?builder=1").json["columns"]]
    assert "name" in offered
    assert not {"contact_name", "email", "contact_phone"} & set(offered)
    assert clerk.get(asked("contact_name.has(陈)")).status_code == 200


def test_who_only_looks_asks_for_nothing_hidden(as_, two_parks):
    browser = looking(as_)
    assert browser.get(asked("remark.empty()")).status_code == 403
    assert browser.get(f"{CONDITIONS}?where=staff_count.ge(5)").status_code == 403
    assert browser.get(asked("or(status.any(在园),name.has(海))")).status_code == 200


def test_nobody_and_who_may_not_list_ask_nothing(app, as_, two_parks):
    assert (
        app.test_client().get(CONDITIONS, headers={"Accept": "application/json"}).status_code == 401
    )
    assert as_("user1").get(CONDITIONS).status_code == 403


def test_relative_days_move_with_the_day(app, as_, many):
    import time_machine

    text = asked("settled_on.in(this_month)")
    today = as_("park1").page(text)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        later = as_("park1").page(text)
    assert WORDS.search(today)[2] != "0"
    assert WORDS.search(later)[2] == "0"
