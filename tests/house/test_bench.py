"""What the bench compares with must go on working while the product grows."""

from __future__ import annotations

from app.features.enterprises.rules import CREDIT_LEVELS, INDUSTRIES
from tests.bench import raw, rows


def test_the_bare_import_takes_the_rows_that_the_bench_makes(tmp_path) -> None:
    words = raw.words()
    assert set(words) == {INDUSTRIES, CREDIT_LEVELS}
    assert all(words.values())
    book, url = tmp_path / "rows.xlsx", f"sqlite:///{tmp_path / 'raw.db'}"
    rows.write_book(book, rows.typed_rows(20))
    assert raw.import_book(book, url, words) == 20
