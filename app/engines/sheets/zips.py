"""A zip as a spreadsheet file: every part inflated once, counted, and searched for what is banned.

Nothing that the archive says of itself is believed: sizes are counted while inflating.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from app.engines.sheets.model import FileRefused, Limits

_MAX_PARTS: Final = 2000
_CHUNK: Final = 1 << 20
_MAX_DIRECTORY: Final = 4 << 20
# Repetitive honest tables reach 100; deflate itself ends at 1032.
_MAX_RATIO: Final = 500
_RATIO_FROM: Final = 64 << 20
_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_END: Final = b"PK\x05\x06"
_DOCTYPES: Final = tuple(
    "<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ENCODING: Final = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)""")
_PLAIN_ENCODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_XML_NAMES: Final = (".xml", ".rels", ".vml", ".rdf")


class Parts:
    """The parts of an archive whose structure is sound; ``chunks`` inflates one, checking it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._limits = limits
        self._size = path.stat().st_size
        self._unpacked = 0
        self._infos = _directory(self._file, self._size)
        self.checked: set[str] = set()

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    @property
    def names(self) -> list[str]:
        """Part names in the order of the archive."""
        return list(self._infos)

    def whole(self, name: str, limit: int = 8 << 20) -> bytes:
        """A small part in one piece; empty when the archive lacks it."""
        if name not in self._infos:
            return b""
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > limit:
                raise FileRefused("damaged", part=name)
        return bytes(data)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part in pieces of at most 1 MiB; each part counts once however often it is read."""
        guard = _Guard(name)
        first_time = name not in self.checked
        self.checked.add(name)
        for chunk in self._inflated(self._infos[name]):
            if first_time:
                self._count(len(chunk))
            guard.look(chunk)
            yield chunk
        guard.end()

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limits.max_unpacked_bytes:
            raise FileRefused("unpacked", limit=self._limits.max_unpacked_bytes >> 20)
        if self._unpacked > _RATIO_FROM and self._unpacked > self._size * _MAX_RATIO:
            raise FileRefused("ratio")

    def _inflated(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        crc = total = 0
        try:
            for chunk in _raw(self._file, info):
                crc = zlib.crc32(chunk, crc)
                total += len(chunk)
                yield chunk
        except (zlib.error, struct.error, OSError) as error:
            raise FileRefused("damaged", part=info.filename) from error
        if total != info.file_size or crc != info.CRC:
            raise FileRefused("damaged", part=info.filename)


class _Guard:
    """Looks through one part for a DOCTYPE in any encoding that an XML reader may follow."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._named_xml = name.lower().endswith(_XML_NAMES)
        self._started = False
        self._is_xml = False
        self._utf16 = False
        self._tail = b""

    def look(self, chunk: bytes) -> None:
        if not self._started and chunk:
            self._start(chunk)
        if not self._is_xml:
            return
        seam = self._tail + chunk[:32]
        if any(word in chunk or word in seam for word in _DOCTYPES):
            raise FileRefused("doctype", part=self._name)
        self._tail = chunk[-32:]

    def end(self) -> None:
        # Nobody's spreadsheet program writes it, and the scan of the cells reads bytes.
        if self._utf16:
            raise FileRefused("xml_encoding", part=self._name)

    def _start(self, chunk: bytes) -> None:
        self._started = True
        self._utf16 = chunk.startswith(_UTF16_STARTS)
        head = chunk[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
        self._is_xml = self._utf16 or self._named_xml or head.startswith(b"<")
        if self._utf16 or not self._is_xml:
            return
        if not head.startswith(b"<"):
            raise FileRefused("damaged", part=self._name)
        encoding = _ENCODING.match(head)
        if encoding and encoding[1].lower() not in _PLAIN_ENCODINGS:
            raise FileRefused("xml_encoding", part=self._name)


def _directory(file: IO[bytes], size: int) -> dict[str, zipfile.ZipInfo]:
    """The table of contents; refused when it is huge, doubled, encrypted or unreadable."""
    file.seek(max(size - 65_557, 0))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise FileRefused("damaged", part="")
    directory_size = int.from_bytes(tail[end + 12 : end + 16], "little")
    if _MAX_DIRECTORY < directory_size < 0xFFFFFFFF:
        raise FileRefused("too_many_parts", limit=_MAX_PARTS)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise FileRefused("damaged", part="") from error
    if len(infos) > _MAX_PARTS:
        raise FileRefused("too_many_parts", limit=_MAX_PARTS)
    by_name = {info.filename.replace("\\", "/"): info for info in infos}
    if len({name.lower() for name in by_name}) != len(infos):
        raise FileRefused("damaged", part="")
    for info in infos:
        if info.flag_bits & 0x1:
            raise FileRefused("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("damaged", part=info.filename)
    return by_name


def _raw(file: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part: as many as the stream gives, not as many as a header promises."""
    file.seek(info.header_offset)
    header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if header[0] != b"PK\x03\x04":
        raise FileRefused("damaged", part=info.filename)
    position = info.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    left = info.compress_size
    inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    waiting = b""
    while left or waiting:
        if not waiting:
            file.seek(position)
            waiting = file.read(min(left, _CHUNK))
            if not waiting:
                raise FileRefused("damaged", part=info.filename)
            position += len(waiting)
            left -= len(waiting)
        if inflate is None:
            yield waiting
            waiting = b""
            continue
        chunk = inflate.decompress(waiting, _CHUNK)
        waiting = inflate.unconsumed_tail
        if inflate.eof and (left or waiting):
            raise FileRefused("damaged", part=info.filename)
        if chunk:
            yield chunk
    if inflate is not None and not inflate.eof:
        raise FileRefused("damaged", part=info.filename)
