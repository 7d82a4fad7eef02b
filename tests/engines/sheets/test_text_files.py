"""Rule 12: text files in every encoding, with every separator."""

from __future__ import annotations

import pytest

from app.engines.sheets import FileRefused, read
from tests.engines.sheets.books import (
    GOOD,
    csv_lines,
    errors_of,
    refusal,
    rows_of,
    text_file,
)
from tests.engines.sheets.samples import LIMITS, REGISTER, TODAY, credit_code

OTHER = (credit_code(2), "乙公司", "李四", "13900139000", "2024-02-06")


def opened(path):
    return read(path, path.name, REGISTER, LIMITS, today=TODAY)


# 12 text files


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    text = csv_lines(GOOD, OTHER).replace(",", separator)
    first, second = rows_of(text_file(tmp_path / "a.csv", text, encoding))
    assert first.errors == second.errors == ()
    assert second.values["name"] == "乙公司"


def test_one_zero_byte_is_a_damaged_place_and_no_pattern(tmp_path):
    for place in (400, 401):
        data = bytearray(b"code,name\r\n" * 100)  # half as many signs, were it UTF-16
        data[place] = 0
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        assert refusal(path) == "undecodable"


def test_a_rare_sign_of_gb18030(tmp_path):
    path = text_file(tmp_path / "a.csv", csv_lines((GOOD[0], "𠮷公司€", *GOOD[2:])), "gb18030")
    assert rows_of(path)[0].values["name"] == "𠮷公司€"


def test_records_are_counted_not_lines(tmp_path):
    text = csv_lines((GOOD[0], '"甲\n公司"', *GOOD[2:]), OTHER)
    first, second = rows_of(text_file(tmp_path / "a.csv", text))
    assert (first.number, first.values["name"]) == (2, "甲\n公司")
    assert second.number == 3


def test_a_record_with_a_wrong_number_of_cells_is_an_error(tmp_path):
    text = csv_lines(GOOD[:4], (*OTHER, "x"), (), ("", " ", ""), OTHER)
    short, long, good = rows_of(text_file(tmp_path / "a.csv", text))
    assert errors_of(short) == errors_of(long) == [(None, "cell_count")]
    assert long.errors[0].params == {"expected": 5, "found": 6}
    assert short.raw["name"] == "甲公司"
    assert good.errors == ()


def test_a_quote_that_never_ends_is_refused(tmp_path):
    text = csv_lines((GOOD[0], '"甲公司', *GOOD[2:]), OTHER)
    assert refusal(text_file(tmp_path / "a.csv", text)) == "csv_quotes"


def test_a_cell_without_end_is_refused(tmp_path):
    """And told for what it is; one that fits is read."""
    text = csv_lines((GOOD[0], "x" * ((1 << 20) + 1), *GOOD[2:]))
    with pytest.raises(FileRefused) as caught:
        opened(text_file(tmp_path / "a.csv", text))
    assert caught.value.code == "cell_too_long"
    assert caught.value.params == {"line": 2, "limit": "1,048,576"}
    text = csv_lines((GOOD[0], "x" * (1 << 20), *GOOD[2:]))
    (row,) = rows_of(text_file(tmp_path / "a.csv", text))
    assert errors_of(row) == [("name", "too_long")]


def test_a_file_that_is_gone_is_said_so(tmp_path):
    with pytest.raises((FileRefused, FileNotFoundError)):
        opened(tmp_path / "none.csv")
