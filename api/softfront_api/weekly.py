"""The three long practices of a week: what each says at which second."""

from .pause import Line

LENGTH_S = 30 * 60

_TONGLEN = (
    *(0, 30, 120, 210, 220, 280, 420, 445, 460, 540, 630, 640),
    *(780, 805, 930, 1050, 1075, 1230, 1260, 1440, 1590, 1740, 1785),
)
_METTA = (
    *(0, 40, 120, 150, 165, 180, 270, 390, 430, 510, 525, 540),
    *(630, 810, 840, 1020, 1050, 1080, 1260, 1290, 1320, 1560, 1785),
)
_JOURNAL = (0, 20, 60, 300, 390, 660, 900, 930, 1380, 1620, 1770)


def lines_of(family: str, *seconds: int) -> tuple[Line, ...]:
    """Lay out the lines of a family, `{family}1` at the first of the seconds."""
    return tuple(Line(s, f"{family}{i}") for i, s in enumerate(seconds, start=1))


TONGLEN = lines_of("weekly.tonglen.line", *_TONGLEN)
METTA = lines_of("weekly.metta.line", *_METTA)
JOURNAL = lines_of("weekly.journal.line", *_JOURNAL)
TONGLEN_BELLS = (0, 120, 210, 420, 780, 1050, 1230, 1440, 1590, LENGTH_S)
METTA_BELLS = (0, 120, 390, 510, 810, 1020, 1260, 1560, LENGTH_S)
JOURNAL_BELLS = (0, 60, 390, 660, 900, 1380, 1620, LENGTH_S)
JOURNAL_QUESTIONS = tuple(JOURNAL[i - 1] for i in (3, 5, 6, 7, 9))
"""The lines one may write under; the others go with the one before them."""
