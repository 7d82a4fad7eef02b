"""What a file is: decided by its content; the extension must agree, the client's word counts not."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.core.encodings import utf16_pattern
from app.core.errors import Refusal
from app.engines.files.names import extension_of
from app.extensions.phrases import listed

CHUNK = 1024 * 1024
#: A workbook has some dozens of parts; a directory of more than this is a trick to eat memory.
MAX_ZIP_DIRECTORY = 1024 * 1024
MAX_ZIP_PART = 1024 * 1024


class Type(Struct, frozen=True):
    """A type that may be allowed. ``content`` is what ``sniff`` says of it."""

    content: str
    media_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "xlsx": Type("xlsx", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
    "docx": Type("docx", f"{_OFFICE}.wordprocessingml.document", (".docx",)),
    "ods": Type("ods", "application/vnd.oasis.opendocument.spreadsheet", (".ods",)),
    "xls": Type("xls", "application/vnd.ms-excel", (".xls",)),
    "csv": Type("text", "text/csv", (".csv",)),
    "txt": Type("text", "text/plain", (".txt",)),
    "pdf": Type("pdf", "application/pdf", (".pdf",)),
    "png": Type("png", "image/png", (".png",)),
    "jpeg": Type("jpeg", "image/jpeg", (".jpg", ".jpeg")),
    "webp": Type("webp", "image/webp", (".webp",)),
    "zip": Type("zip", "application/zip", (".zip",)),
}
IMAGES = frozenset({"png", "jpeg", "webp"})

_MAIN_PARTS = {
    f"{_OFFICE}.spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OFFICE}.wordprocessingml.document.main+xml": "docx",
}
_BY_MAGIC = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|svg|script|head|body|!--)", re.IGNORECASE)
_ZIPPED = frozenset({"xlsx", "docx", "ods", "zip"})
#: What ``zipfile`` raises on opening something that is no zip, or was one once: each is an answer
#: here. ``NotImplementedError`` is its own word for a directory of a version that it does not read.
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError)
_HEAD = 8192
_TEXT_CONTROLS = frozenset("\t\n\r\x0c\x1a")


def decide(path: Path, name: str, allowed: frozenset[str]) -> str:
    """The type's name in ``TYPES``; refuses a content not allowed or an extension that lies."""
    content = sniff(path)
    extension = extension_of(name)
    shown: dict[str, Any] = {
        "types": listed(e for t in sorted(allowed) for e in TYPES[t].extensions)
    }
    fitting = [word for word in sorted(allowed) if TYPES[word].content == content]
    if not fitting:
        meant = {TYPES[word].content for word in allowed if extension in TYPES[word].extensions}
        raise Refusal(_fault(path, meant) if content is None else "file_type", **shown)
    for word in fitting:
        if extension in TYPES[word].extensions:
            return word
    raise Refusal("file_extension", **shown)


def _fault(path: Path, meant: set[str]) -> str:
    """Why the bytes are nothing that we know, when the name says what they are ``meant`` to be.

    A damaged table is not told that tables are not taken here; what never was one is.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if meant & _ZIPPED and _begins_with_a_part(head) and _is_broken_zip(path):
        return "file_damaged"
    if "text" in meant and _reads_like_text(head):
        return "file_undecodable"
    return "file_type"


def sniff(path: Path) -> str | None:
    """What the bytes are, or ``None`` for anything that is not in ``TYPES``."""
    import filetype  # noqa: PLC0415 - no start waits for it

    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK"):
        return _zip_content(path)
    if head.startswith(_OLE):
        return "xls" if _has_book(path) else None
    guess = filetype.guess(head)
    if guess is not None and guess.mime in _BY_MAGIC:
        return _BY_MAGIC[guess.mime]
    # Other guesses rest on two letters: a table that begins with BM is no bitmap.
    return "text" if _is_text(path, head) else None


def _zip_content(path: Path) -> str | None:
    try:
        if _directory(path) > MAX_ZIP_DIRECTORY:
            return None
        with zipfile.ZipFile(path) as archive:
            return _archive_content(archive)
    except (*_BROKEN, RuntimeError):
        return None


def _directory(path: Path) -> int:
    """Bytes of a zip's directory. Raises ``BadZipFile`` where there is none."""
    with path.open("rb") as file:
        # The very function that ZipFile trusts: a directory that it would read is measured.
        end: Any = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None:
        raise zipfile.BadZipFile(path.name)
    return int(end[5])


def _begins_with_a_part(head: bytes) -> bool:
    """Whether a named part follows the first two letters, as it does in what was a zip once."""
    size = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + size]
    whole = 0 < size == len(name)
    return head.startswith(b"PK\x03\x04") and whole and not _ODD_BYTES.search(name)


def _is_broken_zip(path: Path) -> bool:
    """Whether nobody could open it; not whether it holds something odd or too much."""
    try:
        if _directory(path) <= MAX_ZIP_DIRECTORY:
            zipfile.ZipFile(path).close()
    except _BROKEN:
        return True
    return False


def _archive_content(archive: zipfile.ZipFile) -> str | None:
    names = archive.namelist()
    if len(names) != len(set(names)):
        return None  # two parts of one name: readers disagree which one counts
    if "[Content_Types].xml" in names:
        declared = _part(archive, "[Content_Types].xml")
        found = {word for main, word in _MAIN_PARTS.items() if f'"{main}"'.encode() in declared}
        return found.pop() if len(found) == 1 else None
    if "mimetype" in names:
        stated = _part(archive, "mimetype").strip().decode("ascii", "replace")
        return "ods" if stated == TYPES["ods"].media_type else None
    return "zip"


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part; what unpacks to more than a megabyte is no description of a file."""
    with archive.open(name) as part:
        data = part.read(MAX_ZIP_PART + 1)
    if len(data) > MAX_ZIP_PART:
        raise zipfile.BadZipFile(name)
    return data


def _has_book(path: Path) -> bool:
    """Whether an OLE container names a workbook stream (a .doc or .msi does not)."""
    tail = b""
    for chunk in _chunks(path):
        if any(name in tail + chunk for name in _BOOK_STREAMS):
            return True
        tail = chunk[-32:]
    return False


def _is_text(path: Path, head: bytes) -> bool:
    """Whether all of it reads as text that is no markup, in an encoding that we import."""
    wide = _utf16(head)
    if _MARKUP.match(_beginning(head, wide)):
        return False
    if wide:
        return _decodes(path, wide)
    return _decodes(path, "utf-8-sig") or _decodes(path, "gb18030")


def _utf16(head: bytes) -> str:
    """UTF-16 by its mark, else by its pattern, as the reader of tables (``sheets.csv_text``) does."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return utf16_pattern(head)


def _beginning(head: bytes, wide: str) -> bytes:
    """The first bytes as narrow ones."""
    if wide:
        head = head.decode(wide, "replace").encode()
    return head.removeprefix(codecs.BOM_UTF8)


def _reads_like_text(head: bytes) -> bool:
    """Whether somebody's text may have become this: hardly a sign in it that no text has."""
    import filetype  # noqa: PLC0415 - no start waits for it

    text = _beginning(head, _utf16(head))
    if _MARKUP.match(text) or head.startswith((b"PK", b"MZ", _OLE)) or filetype.guess(head):
        return False
    return len(_ODD_BYTES.findall(text)) * 20 <= len(text)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            if _has_controls(decoder.decode(chunk)):
                return False
        return not _has_controls(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False


_CONTROLS = re.compile(
    "[" + "".join(re.escape(chr(n)) for n in range(32) if chr(n) not in _TEXT_CONTROLS) + "\x7f]"
)
_ODD_BYTES = re.compile(_CONTROLS.pattern.encode())


def _has_controls(text: str) -> bool:
    return _CONTROLS.search(text) is not None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
