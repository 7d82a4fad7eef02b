"""Names, passwords and which roles go together."""

from __future__ import annotations

import pytest

from app.features.accounts import rules


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short-one", "password_short"),
        ("x" * 129, "password_long"),
        ("correct\x00horse-1", "password_signs"),
        ("my-ChenHaiyan-77", "password_name"),
        ("Password123", "password_common"),
        ("QWERTYUIOP123", "password_common"),
        ("1212121212121", "password_common"),
        ("correct horse battery", None),
        ("三亚湾的夕阳真的很好看", None),
        ("x9" * 4 + "-abc", None),
    ],
)
def test_a_password_is_judged_by_length_and_by_what_is_tried_first(password, fault):
    assert rules.password_fault(password, "chenhaiyan") == fault


def test_the_shipped_list_holds_only_what_the_length_would_let_through():
    words = rules.common_passwords()
    assert len(words) > 300
    assert all(rules.PASSWORD_MIN <= len(word) <= rules.PASSWORD_MAX for word in words)
    assert all(word == word.casefold() for word in words)


def test_generated_passwords_pass_the_rules_and_differ():
    made = {rules.generate_password() for _ in range(200)}
    assert len(made) == 200
    assert all(rules.password_fault(one, "operator") is None for one in made)
    assert not any(set(one) & set("il1o0") for one in made)


@pytest.mark.parametrize(
    ("roles", "good"),
    [
        ((), True),
        (("sysadmin",), True),
        (("reviewer", "operator"), True),
        (("sysadmin", "auditor"), False),
        (("secadmin", "operator"), False),
        (("auditor", "自定义"), False),
    ],
)
def test_three_administrators_stay_apart(roles, good):
    assert rules.separated(frozenset(roles)) is good


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("chen.haiyan", None),
        ("ab", "username_signs"),
        ("Chen", "username_signs"),
        ("1chen", "username_signs"),
        ("chen haiyan", "username_signs"),
        ("system", "username_reserved"),
        ("system-cli", "username_reserved"),
    ],
)
def test_user_names_are_plain_and_never_a_process(name, fault):
    assert rules.username_fault(name) == fault


def test_equal_content_has_an_equal_version_that_a_form_can_carry():
    one = rules.fingerprint(["a", "b"])
    assert one == rules.fingerprint(["b", "a"]) != rules.fingerprint(["a"])
    assert len(str(one)) < 10
