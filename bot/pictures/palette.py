"""The colours of pictures: Okabe and Ito's, which most colour-blind people tell apart.

Nothing hangs on colour alone: every mark has a shape of its own.
"""

from dataclasses import dataclass

from habits.rules.person import Pictures


@dataclass(frozen=True, slots=True)
class Palette:
    """One set of colours, each as SVG writes it."""

    ground: str
    words: str
    quiet: str
    faint: str
    blue: str
    orange: str
    green: str
    purple: str


LIGHT = Palette(
    ground="#FCFBF8",
    words="#1F2933",
    quiet="#66707C",
    faint="#D5D9DE",
    blue="#0072B2",
    orange="#D97F00",
    green="#00825E",
    purple="#8A5FA8",
)
DARK = Palette(
    ground="#17212B",
    words="#EEF2F6",
    quiet="#9AA7B4",
    faint="#3A4754",
    blue="#56B4E9",
    orange="#F2AE2E",
    green="#35C594",
    purple="#C9A3E6",
)


def palette_of(wanted: Pictures) -> Palette:
    """The colours of somebody's pictures."""
    return DARK if wanted is Pictures.DARK else LIGHT
