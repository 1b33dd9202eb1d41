"""Cut the fonts of the pictures out of Noto's: `python -m tools.build_fonts FOLDER`.

FOLDER holds NotoSans-Regular.ttf, NotoSansArabic-Regular.ttf, NotoSansDevanagari-Regular.ttf and
NotoColorEmoji.ttf (on Debian /usr/share/fonts/truetype/noto, from fonts-noto-core and
fonts-noto-color-emoji). It needs fonttools, which is not locked: nothing else does.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FONTS = Path(__file__).parent.parent / "bot" / "fonts"
MARKS = "20 A0 200B-200F 202A-202E 2060-2069 FE00-FE0F"
"""What is not seen: spaces, joiners, directions, variation selectors."""
WANTED = {
    "NotoSans-Regular.ttf": (
        "20-7E A0-52F 1C80-1C88 1D00-1DBF 1E00-1FFF 2000-20C0 2100-214F 2190-2193 2C60-2C7F "
        "2DE0-2DFF A640-A69F FB00-FB06 FE20-FE2F FFFD"
    ),
    "NotoSansArabic-Regular.ttf": f"600-6FF 750-77F 8A0-8FF FDF0-FDFF {MARKS}",
    "NotoSansDevanagari-Regular.ttf": f"900-97F 1CD0-1CFF A830-A839 A8E0-A8FF 25CC {MARKS}",
    "NotoColorEmoji.ttf": (
        "200D 231A 231B 23F0-23F3 2600-2604 260E 2611 2614 2615 2618 263A 2660-2668 267E 2693 "
        "2694 2699-269B 26A1 26AA 26AB 26BD 26BE 26C4-26CF 26E9 26EA 26F0-26FD 2702 2705 "
        "2708-2712 2714 2728 2744 2753 2757 2763 2764 2795 2B50 FE0F 1F004 1F0CF 1F300-1F30F "
        "1F315 1F319 1F31B-1F321 1F324-1F328 1F32D-1F393 1F399-1F3E1 1F3F0 1F3F8-1F3FA "
        "1F400-1F43F 1F440 1F44A-1F44F 1F451-1F455 1F45F-1F461 1F46A-1F46D 1F476 1F47B-1F47E "
        "1F483 1F485-1F487 1F48C-1F49F 1F4A1 1F4A4-1F4AC 1F4BB-1F4BF 1F4C5 1F4D6-1F4DA 1F4DD "
        "1F4DE 1F4F0 1F4F1 1F4F7-1F4FD 1F50B 1F50D 1F511 1F514 1F525-1F528 1F52A 1F52C-1F52E "
        "1F549-1F54E 1F56F 1F570 1F578-1F57A 1F58A-1F58D 1F5A4 1F5BC 1F5FA-1F60F 1F617-1F61D "
        "1F62D 1F62E 1F634 1F63A 1F63B 1F642-1F644 1F64B-1F64F 1F680-1F683 1F686 1F68C 1F697 "
        "1F699 1F69C 1F6A3-1F6A5 1F6B2-1F6B6 1F6C0 1F6C1 1F6CB-1F6CF 1F6D2 1F6D6 1F6DD 1F6E0 "
        "1F6E4 1F6EB 1F6F3-1F6FC 1F7E0-1F7EB 1F90D-1F90F 1F917 1F918 1F91D 1F91F 1F929 "
        "1F932 1F938-1F93F 1F940-1F970 1F973 1F980-1F98B 1F993 1F994 1F99C 1F99D 1F9A5-1F9AE "
        "1F9C0-1F9CB 1F9D6-1F9DA 1F9E1 1F9E3-1F9E9 1F9ED 1F9F1-1F9FA 1FA70 1FA74-1FA77 "
        "1FA80-1FA84 1FA86-1FA8B 1FA90-1FA95 1FA9A 1FA9C 1FA9E 1FA9F 1FAA1 1FAA8 1FAA9 1FAB4 1FAB7 "
        "1FAC2 1FAD0-1FADB 1FAE0 1FAE7 1FAF6"
    ),
}


def numbers(ranges: str) -> Iterator[int]:
    """The code points of "20-7E A0"."""
    for each in ranges.split():
        first, _, last = each.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def cut(font: TTFont, wanted: Iterable[int]) -> None:
    """Leave what is needed for these characters; an emoji of several is drawn as its parts."""
    options = Options()
    options.layout_features = [] if "CBDT" in font else ["*"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(wanted))
    subsetter.subset(font)


def lay_down_what_is_there(font: TTFont) -> None:
    """Say which characters there are in the one form that bot/pictures/fonts.py reads."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = dict(font.getBestCmap())
    font["cmap"].tables = [table]


def build(source: Path) -> None:
    """Each font, smaller."""
    for name, ranges in WANTED.items():
        font = TTFont(source / name)
        cut(font, numbers(ranges))
        lay_down_what_is_there(font)
        font.save(FONTS / name, reorderTables=False)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
