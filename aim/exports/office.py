"""What Word and PowerPoint files share: text XML can hold, archives always the same."""

import io
import re
import zipfile

# The oldest moment an archive can name: no two files differ by the time they were written.
_FIXED = (1980, 1, 1, 0, 0, 0)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    r"""Replace letters that XML cannot hold.

    Examples
    --------
    >>> xml_text("High\x00 Street")
    'High� Street'
    """
    return _NOT_XML.sub("�", text)


def fixed_archive(content: bytes) -> bytes:
    """Return an office file with fixed dates inside: the same document, the same bytes.

    Parameters
    ----------
    content
        A zip archive.

    Examples
    --------
    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive:
    ...     archive.writestr("a.xml", "<a/>")
    >>> zipfile.ZipFile(io.BytesIO(fixed_archive(packed.getvalue()))).infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else the system that wrote it is named
            new.writestr(entry, old.read(name))
    return made.getvalue()
