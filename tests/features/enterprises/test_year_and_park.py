"""A chosen 数据年度 goes from page to page, and whoever sees all parks reads whose a record is."""

from __future__ import annotations

import re

import pytest

from app.core import clock, scope
from app.features.enterprises import queries
from tests.support import enterprises as made
from tests.support import people

LIST = "/desk/enterprises/list/"
LAST = clock.last_full_year()
OTHER = LAST - 2


def links(page: str, part: str) -> set[str]:
    """Addresses in the page's main part that hold ``part``."""
    main = page.partition("<main")[2]
    return {found for found in re.findall(r'(?:href|action)="([^"]*)"', main) if part in found}


@pytest.mark.parametrize("path", [f"{LIST}?year={OTHER}", "show/{}?year=" + str(OTHER)])
def test_every_way_to_the_record_and_back_carries_the_year(as_, two_parks, path):
    path = path if path.startswith("/") else f"/desk/enterprises/{path.format(two_parks[0])}"
    page = as_("park1").page(path)
    found = links(page, f"/{two_parks[0]}") | links(page, LIST) | links(page, "enterprises/add")
    ways = {one for one in found if one.partition("?")[0] != LIST or path.startswith("show")}
    assert len(ways) >= 2
    kept = {one for one in ways if f"year={OTHER}" in one}
    assert ways - kept == set()


def test_history_edit_and_the_way_back_carry_the_year(as_, two_parks):
    own, browser = two_parks[0], as_("park1")
    base = f"/desk/enterprises/show/{own}"
    page = browser.page(f"{base}?year={OTHER}")
    assert f"{base}?tab=history&amp;year={OTHER}" in page
    assert f"/desk/enterprises/edit/{own}?year={OTHER}" in page
    assert f"{LIST}?year={OTHER}" in page
    assert f"{base}?year={OTHER}" in browser.page(f"{base}?tab=history&year={OTHER}")
    form = browser.page(f"/desk/enterprises/edit/{own}?year={OTHER}")
    assert f'action="/desk/enterprises/edit/{own}?year={OTHER}"' in form
    assert f"{base}?year={OTHER}" in form
    plain = browser.page(base)
    assert "year=" not in plain.partition("<main")[2]


def test_what_is_typed_for_a_year_is_saved_and_shown_for_that_year(app, as_, two_parks):
    own, browser = two_parks[0], as_("park1")
    address = f"/desk/enterprises/edit/{own}?year={OTHER}"
    typed = made.row(1, name="三亚海风跨境电商有限公司", staff_count="77", version="1")
    answer = browser.post(address, data=typed)
    assert answer.status_code == 303
    assert answer.location == f"/desk/enterprises/show/{own}?year={OTHER}"
    assert f"年度数据（{OTHER}）" in browser.page(answer.location)
    assert f"年度数据（{OTHER}）" in browser.page(address)
    assert f"年度数据（{LAST}）" in browser.page(f"/desk/enterprises/show/{own}")
    with app.app_context(), scope.unscoped():
        assert queries.figures(own, OTHER).staff_count == 77
        assert queries.figures(own, made.YEAR).staff_count == 12


def test_a_new_enterprise_gets_its_figures_in_the_chosen_year(app, as_):
    answer = as_("clerk1").post(f"/desk/enterprises/add?year={OTHER}", data=made.row(8))
    assert answer.status_code == 303
    assert f"year={OTHER}" in answer.location
    with app.app_context(), scope.unscoped():
        (item,) = made.alive(app)
        assert queries.figures(item.id, OTHER).staff_count == 12


@pytest.mark.parametrize(("who", "reads"), [("operator", True), ("park1", False)])
def test_the_park_stands_on_list_record_and_form_of_who_sees_all(as_, two_parks, who, reads):
    browser, own = as_(who), two_parks[0]
    paths = (LIST, f"/desk/enterprises/show/{own}", f"/desk/enterprises/edit/{own}")
    for path in paths:
        main = browser.page(path).partition("<main")[2]
        assert ("鹿回头测试园区" in main) is reads, path
    assert ('name="park"' in browser.page(LIST)) is reads


def test_the_zone_narrows_the_list_to_a_park(app, as_, two_parks):
    with app.app_context(), scope.unscoped():
        park = people.park("P02").id
    browser = as_("operator")
    page = browser.page(f"{LIST}?park={park}")
    assert "凤凰保税仓储" in page
    assert "三亚海风" not in page
    assert browser.get(f"{LIST}?park=99999").status_code == 400
    everything = as_("park1").page(f"{LIST}?park={park}")
    assert "三亚海风" in everything
    assert "凤凰保税仓储" not in everything
