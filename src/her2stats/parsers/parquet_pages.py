"""What the pages of a parquet file say they unpack to: its summary at the end may say anything, the pages are believed.

A page is unpacked into just as many bytes as its own header names, whatever the summary says. The header is a struct of
Thrift's compact protocol (https://github.com/apache/parquet-format, PageHeader).
"""

from __future__ import annotations

from typing import Any

_UNPACKED, _PACKED = 2, 3  # numbers of the fields


def unpacked_size(data: bytes, part: Any) -> int:
    """Bytes of all pages of one column within one row group, unpacked.

    Raises
    ------
    ValueError
        There are no such pages.
    """
    starts = (part.dictionary_page_offset, part.data_page_offset)
    place = min(start for start in starts if start)
    end, total = place + part.total_compressed_size, 0
    try:
        while place < end:
            header, place = _struct(data, place)
            total += header[_UNPACKED]
            place += header[_PACKED]
            if min(header[_UNPACKED], header[_PACKED]) < 0:
                raise ValueError("a page of negative size")
    except (IndexError, KeyError, RecursionError):
        raise ValueError("a page without a header") from None
    return total


def _struct(data: bytes, place: int) -> tuple[dict[int, Any], int]:
    fields, number = {}, 0
    while head := data[place]:
        place += 1
        if head >> 4:
            number += head >> 4
        else:
            number, place = _integer(data, place)
        fields[number], place = _value(data, place, head & 15)
    return fields, place + 1


def _value(data: bytes, place: int, kind: int) -> tuple[Any, int]:
    if kind in (1, 2):  # true and false stand in the head
        return kind == 1, place
    if kind in (4, 5, 6):
        return _integer(data, place)
    if kind == 8:  # bytes: of the smallest and largest value
        length, place = _integer(data, place)
        return None, place + (length << 1 if length >= 0 else -2 * length - 1)
    if kind == 12:
        return _struct(data, place)
    raise ValueError("a page with a header of another kind")


def _integer(data: bytes, place: int) -> tuple[int, int]:
    """A signed number, seven bits a byte, the sign in the last."""
    number = shift = 0
    while shift < 70:
        number |= (data[place] & 127) << shift
        place, shift = place + 1, shift + 7
        if data[place - 1] < 128:
            return (number >> 1) ^ -(number & 1), place
    raise ValueError("a number of too many bytes")
