"""What PostgreSQL is spared: never the only test that sends something."""

from __future__ import annotations

import json
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tests.support import statements

MARKS = st.lists(st.sampled_from("abcdefgh"), max_size=5)
RUNS = st.dictionaries(st.sampled_from([f"t{n}" for n in range(9)]), MARKS)


@given(RUNS)
def test_all_that_was_sent_is_sent_by_those_that_are_taken(run):
    taken = statements._fewest({name: (0.1, marks) for name, marks in run.items()})
    everything = {mark for marks in run.values() for mark in marks}
    assert {mark for name in taken for mark in run[name]} == everything
    assert all(run[name] for name in taken)


def test_a_test_that_was_not_noted_or_has_a_database_of_its_own_stays(tmp_path, monkeypatch):
    sent = {"one": (1.0, ["a"]), "same": (9.0, ["a"]), "own": (1.0, ["a"])}
    (tmp_path / "gw0.json").write_text(json.dumps(sent))
    monkeypatch.setenv(statements.FOLDER, str(tmp_path))
    items = [
        SimpleNamespace(nodeid=name, fixturenames=[] if name == "own" else ["app"])
        for name in ("one", "same", "own", "new")
    ]
    assert statements.needless(items) == {"same"}
    monkeypatch.delenv(statements.FOLDER)
    assert statements.needless(items) == set()


def test_kinds_of_parameters_that_one_database_takes_and_another_does_not():
    kinds = [statements._kind(one) for one in ("a", "", "a\0", "a" * 300, 1, 2**40, True, None)]
    assert len(set(kinds)) == len(kinds)


def test_what_a_page_sends_is_noted_with_who_sent_it(as_, tmp_path):
    browser = as_("park1")
    found = statements.Recorder(tmp_path)
    try:
        browser.page("/desk/enterprises/list/")
    finally:
        found.close()
    senders = {who for who, *_rest in found.now}
    assert any("features/enterprises" in who for who in senders)
    assert all(who.startswith(statements.APP) for who in senders)
