"""How much is too much of what people hand in; each number with what it protects."""

FILE_BYTES_MAX = 50 * 1024 * 1024
"""A file of any kind, unless a profile says less."""

PICTURE_PIXELS_MAX = 50_000_000
"""A picture, decoded: 150 MB of memory, and more than any phone takes."""

ARCHIVE_ENTRIES_MAX = 5_000
"""Files inside a docx or odt."""

ARCHIVE_BYTES_MAX = 300 * 1024 * 1024
"""All files inside a docx or odt, unpacked."""

MANUSCRIPT_XML_BYTES_MAX = 12 * 1024 * 1024
"""One XML part of a manuscript, unpacked: about a thousand pages, and twenty times as much memory while it is read."""

MANUSCRIPT_PICTURES_MAX = 200
"""Pictures taken over from one manuscript."""
