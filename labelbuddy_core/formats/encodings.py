"""Text files in other encodings than Unicode, which say nowhere which one they are in."""

from __future__ import annotations

import codecs

from labelbuddy_core.errors import Invalid

UTF_8 = "utf-8"
ENCODINGS = {
    UTF_8: "UTF-8 or UTF-16",
    "cp1252": "Western European (Windows, cp1252)",
    "latin-1": "Western European (ISO 8859-1, Latin-1)",
    "mac-roman": "Western European (old Mac, Mac Roman)",
    "cp1250": "Central European (Windows, cp1250)",
    "cp1251": "Cyrillic (Windows, cp1251)",
    "cp1253": "Greek (Windows, cp1253)",
    "cp1254": "Turkish (Windows, cp1254)",
    "shift-jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "euc-kr": "Korean (EUC-KR)",
}
"""What files can be in, by the name that Python and the choices of an import know."""
_UNMISTAKABLE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8, b"PAR1")


def in_utf_8(data: bytes, encoding: str) -> bytes:
    """A file of this encoding in UTF-8. What is UTF-8 or has a byte order mark stays, as does Parquet.

    Raises `Invalid` where it is not in this encoding either.
    """
    if encoding == UTF_8 or data.startswith(_UNMISTAKABLE):
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError as error:
            says = f"The file is neither UTF-8 nor {encoding} text (byte {error.start}); choose another encoding."
            raise Invalid(says, field="encoding") from None
    return data
