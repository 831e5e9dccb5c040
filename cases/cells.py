"""Cells of tables that people open in a spreadsheet."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(words: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as words."""
    return f"'{words}" if words.startswith(_FORMULA) else words
