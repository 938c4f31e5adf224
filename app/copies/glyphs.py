"""Which characters the fonts of a document have. One without a glyph would make PDF/A refuse the whole document."""

from functools import lru_cache

import typst

REPLACED = "\ufffd"
"""What stands in the place of a character that cannot be printed. The data in the document have the character."""
TRY = "#let d = sys.inputs.text\n#set text(font: sys.inputs.font)\n#d"
ASCII = {chr(code) for code in range(0x20, 0x7F)} | {"\n"}


def printable(text: str, font: str) -> str:
    """The text with every character that the font and its fallbacks lack replaced, visibly; a tab is a space."""
    if text.isascii() and text.isprintable():
        return text
    shown = {character: _shown(character, font) for character in set(text)}
    return "".join(shown[character] for character in text)


def _shown(character: str, font: str) -> str:
    if character in ASCII:
        return character
    if character.isspace() and not character.isprintable():
        return " "
    return character if character.isprintable() and _has(character, font) else REPLACED


@lru_cache(maxsize=4096)
def _has(character: str, font: str) -> bool:
    """Asked of the typesetter itself, for it knows its fonts: a document of this one character."""
    try:
        typst.compile(
            TRY.encode(),
            sys_inputs={"text": f"a{character}", "font": font},
            pdf_standards=["a-3b"],
            ignore_system_fonts=True,
        )
    except typst.TypstError:
        return False
    return True
