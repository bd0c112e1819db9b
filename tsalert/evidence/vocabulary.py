"""The words of evidence: kinds of files, and what happens to an exhibit."""

from tsalert.core.words import Word


class Kind(Word):
    """What a file is, by its content."""

    PDF = "pdf", "PDF document"
    JPEG = "jpeg", "JPEG picture"
    PNG = "png", "PNG picture"
    HEIC = "heic", "HEIC picture"
    MP4 = "mp4", "MP4 film"
    MOV = "mov", "QuickTime film"
    MP3 = "mp3", "MP3 sound"
    WAV = "wav", "WAV sound"
    M4A = "m4a", "M4A sound"
    TEXT = "text", "plain text"
    CSV = "csv", "CSV table"
    DOC = "doc", "Word document (before 2007)"
    DOCX = "docx", "Word document"
    XLS = "xls", "Excel workbook (before 2007)"
    XLSX = "xlsx", "Excel workbook"
    ODT = "odt", "OpenDocument text"
    ODS = "ods", "OpenDocument spreadsheet"
    ODP = "odp", "OpenDocument presentation"
    EML = "eml", "mail message"
    ZIP = "zip", "ZIP archive"


class Care(Word):
    """What about a file may harm whoever opens it."""

    SWELLS = "swells", "it unpacks to far more than it holds, which can fill a disk"
    NESTED = "nested", "it holds further archives"
    LOCKED = "locked", "it needs a password, so nothing looked inside it for viruses"
    PROGRAM = "program", "it holds a program, or a name that hides one"
    RUNS = "runs", "it may run something by itself when it is opened"
    UNREAD = "unread", "the list of what it holds could not be read"


class CustodyKind(Word):
    """One link in the chain of who held an exhibit."""

    SEIZED = "seized", "Seized"
    SEALED = "sealed", "Sealed"
    STORED = "stored", "Stored"
    HANDED_TO = "handed_to", "Handed to"
    RETURNED = "returned", "Returned"
    DESTROYED = "destroyed", "Destroyed"


class Part(Word):
    """Which lines of a disclosure schedule are wanted; a line that nobody decided on is in neither half."""

    ALL = "all", "Everything"
    NON_SENSITIVE = "non_sensitive", "Not sensitive"
    SENSITIVE = "sensitive", "Sensitive"
