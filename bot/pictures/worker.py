"""The process that draws: SVG in, PNG out, each after its length, until there is no more.

It imports nothing of ours and ends with the one who started it: then there is no more to read.
An empty picture says that this SVG cannot be drawn.
"""

import os
import struct
import sys
from typing import BinaryIO

import resvg_py

LENGTH = struct.Struct(">I")
NICER = 5
"""How much more readily it yields the processor than what answers people."""


def work(source: BinaryIO, target: BinaryIO, fonts: list[str]) -> None:
    """Draw whatever comes."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        svg = source.read(*LENGTH.unpack(head)).decode()
        picture = _drawn(svg, fonts)
        target.write(LENGTH.pack(len(picture)) + picture)
        target.flush()


def _drawn(svg: str, fonts: list[str]) -> bytes:
    try:
        return bytes(
            resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts)
        )
    except ValueError:
        return b""


if __name__ == "__main__":
    os.nice(NICER)
    work(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1:])
