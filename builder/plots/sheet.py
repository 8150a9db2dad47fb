"""A sheet to draw on, in inches from its reading corner, and the picture that comes of it.

Everything is placed by hand, so that what must not overlap does not. Matplotlib shapes the text (HarfBuzz, libraqm) and
writes it as outlines, so that a picture looks the same where no Arabic font is. In Arabic a sheet is mirrored: ``x``
counts from the right, and text that starts there runs to the left.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from diplograph.model import DiplographError
from diplograph.plots.bidi import clean, plain
from diplograph.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

FORMATS = ("svg", "png", "pdf")
MARGIN = 0.35
_INCH = 72  # points
_FIXED: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "diplograph"},
    "png": {"Software": "diplograph"},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": "diplograph", "Producer": "diplograph"},
}
_REPLACEMENT = "\ufffd"
_MESSAGE = 'pictures need matplotlib 3.11 or newer; pip install "diplograph[plots]"'


@dataclass(frozen=True)
class Picture:
    """A picture that was drawn. ``title`` and ``description`` say what is to be seen; ``missing`` are the characters
    that the font has no glyph for (a replacement character stands in their place)."""

    title: str
    description: str
    missing: str
    figure: Figure

    def render(self, format: str = "svg") -> bytes:
        """The picture as SVG, PNG or PDF; equal stores give equal bytes (with the same version of matplotlib)."""
        import matplotlib

        output = io.BytesIO()
        metadata = _FIXED[format] | {"Title": self.title}
        with matplotlib.rc_context(
            {"svg.hashsalt": "diplograph", "svg.fonttype": "path", "pdf.fonttype": 42}
        ):
            self.figure.savefig(output, format=format, metadata=metadata, dpi=144)
        return self._described(output.getvalue()) if format == "svg" else output.getvalue()

    def write(self, path: Path) -> None:
        """Writes the picture to a file whose name ends in .svg, .png or .pdf. Raises DiplographError when it cannot."""
        try:
            path.write_bytes(self.render(format_of(path)))
        except OSError as error:
            raise DiplographError(f"{path} cannot be written: {error.strerror or error}") from error

    def _described(self, svg: bytes) -> bytes:
        """The SVG with what a screen reader tells of it, under ids that differ where several pictures are on a page."""
        name = f"{crc32((self.title + self.description).encode()):08x}"
        title = f'<title id="title-{name}">{escape(self.title)}</title>'
        description = f'<desc id="desc-{name}">{escape(self.description)}</desc>'
        named = f'<svg role="img" aria-labelledby="title-{name} desc-{name}" '
        text = svg.decode("utf-8").replace("<svg ", named, 1)
        text = re.sub(
            r"<title>.*?</title>", lambda _: f"{title}\n {description}", text, count=1, flags=re.DOTALL
        )
        return text.encode("utf-8")

    def _repr_svg_(self) -> str:
        """The picture in a notebook."""
        return self.render("svg").decode("utf-8")


def format_of(path: Path) -> str:
    """The format of a picture by the name of its file. Raises DiplographError for any other.

    >>> format_of(Path("x.svg"))
    'svg'
    """
    format = path.suffix.lower().removeprefix(".")
    if format not in FORMATS:
        raise DiplographError(f"{path} is no picture: its name must end in .{', .'.join(FORMATS)}")
    return format


@cache
def _font(bold: bool) -> tuple[FontProperties, frozenset[int]]:
    """The font that matplotlib brings (DejaVu Sans, which has Arabic), and the characters that it has."""
    try:
        import matplotlib
        from matplotlib.font_manager import FontProperties, get_font
    except ImportError as error:
        raise DiplographError(_MESSAGE) from error
    if tuple(map(int, matplotlib.__version__.split(".")[:2])) < (3, 11):
        raise DiplographError(_MESSAGE)
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return FontProperties(fname=path), frozenset(get_font(str(path)).get_charmap())


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in inches, at a size in points."""
    from matplotlib.textpath import text_to_path

    properties = _font(bold)[0].copy()
    properties.set_size(size)
    width: float = text_to_path.get_text_width_height_descent(text, properties, False)[0]
    return width / _INCH


class Sheet:
    """A sheet of this size, in inches; ``y`` counts from the top, ``x`` from where reading starts."""

    def __init__(self, style: Style, width: float, height: float) -> None:
        _font(False)
        from matplotlib.figure import Figure

        self.style = style
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), facecolor="white")
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._missing: set[str] = set()

    def across(self, x: float) -> float:
        """Where ``x`` is from the left."""
        return self.width - x if self.style.rtl else x

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        align: str = "start",
        colour: str = "ink",
        bold: bool = False,
        width: float | None = None,
    ) -> None:
        """Writes a text, its middle at ``y``; ``align`` says what of it is at ``x``: its start, middle or end.

        Where it is wider than ``width``, its end becomes an ellipsis.
        """
        from matplotlib.text import Text

        properties, known = _font(bold)
        lacking = {one for one in text if ord(one) not in known and unicodedata.category(one)[0] != "C"}
        self._missing |= lacking
        text = "".join(_REPLACEMENT if one in lacking else one for one in text)
        if width is not None:
            text = fit(text, width, size, bold=bold)
        properties = properties.copy()
        properties.set_size(size)
        sides = {"start": "right", "end": "left"} if self.style.rtl else {"start": "left", "end": "right"}
        direction = "\u200f" if self.style.rtl else "\u200e"
        self._axes.add_artist(
            Text(
                self.across(x),
                y,
                direction + text,
                fontproperties=properties,
                color=self._colour(colour),
                ha=sides.get(align, "center"),
                va="center",
                parse_math=False,
                transform=self._axes.transData,
            )
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, **options: Any) -> None:
        """Fills a rectangle whose reading corner is at ``x``, ``y``."""
        from matplotlib.patches import Rectangle

        left = self.across(x + width) if self.style.rtl else x
        options = {"linewidth": 0} | options
        self._axes.add_patch(Rectangle((left, y), width, height, facecolor=self._colour(colour), **options))

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 0.7) -> None:
        """Draws a line, its width in points."""
        self._axes.plot(
            [self.across(x), self.across(to_x)],
            [y, to_y],
            color=self._colour(colour),
            linewidth=width,
            zorder=0.5,
        )

    def mark(
        self, x: float, y: float, colour: str, *, shape: str = "o", fill: str = "full", size: float = 6
    ) -> None:
        """Draws a mark of a size in points: full, hollow, pale (hollow and thin), or crossed."""
        face = self._colour(colour) if fill == "full" else "white"
        self._axes.plot(
            [self.across(x)],
            [y],
            marker="X" if fill == "crossed" else shape,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=self._colour(colour),
            markeredgewidth=0.7 if fill == "pale" else 1.4,
            alpha=0.7 if fill == "pale" else 1,
        )

    def curve(
        self,
        begin: tuple[float, float],
        end: tuple[float, float],
        centre: tuple[float, float],
        *,
        bow: float,
        colour: str,
        width: float,
        arrow: bool,
        shrink: tuple[float, float],
    ) -> None:
        """Draws a line from one point to another, bowed towards ``centre`` by a share of its length; an arrow says which
        way. It begins and ends ``shrink`` points from them."""
        from matplotlib.patches import FancyArrowPatch

        (x1, y1), (x2, y2), (x3, y3) = [(self.across(x), self.height - y) for x, y in (begin, end, centre)]
        inward = (y2 - y1) * (x3 - (x1 + x2) / 2) - (x2 - x1) * (y3 - (y1 + y2) / 2)
        self._axes.add_patch(
            FancyArrowPatch(
                posA=(x1, self.height - y1),
                posB=(x2, self.height - y2),
                connectionstyle=f"arc3,rad={bow if inward >= 0 else -bow:.4f}",
                arrowstyle="-|>,head_length=0.5,head_width=0.25" if arrow else "-",
                shrinkA=shrink[0],
                shrinkB=shrink[1],
                mutation_scale=10 + width,
                facecolor=self._colour(colour) if arrow else "none",
                edgecolor=self._colour(colour),
                linewidth=width,
                alpha=0.75,
            )
        )

    def key(self, y: float, entries: Sequence[tuple[str, dict[str, Any]]]) -> float:
        """Explains marks (a text and how its mark is drawn, each) in lines from ``y`` on; gives where they end."""
        x = MARGIN + 0.08
        for text, mark in entries:
            wide = width_of(text, 8.5) + 0.42
            if x + wide > self.width - MARGIN and x > MARGIN + 0.08:
                x, y = MARGIN + 0.08, y + 0.24
            self.mark(x, y, **mark)
            self.text(x + 0.13, y, text, size=8.5)
            x += wide
        return y + (0.3 if entries else 0)

    def finish(self, title: str, lines: Iterable[str]) -> Picture:
        """The picture, with its title and the lines that describe it."""
        description = " ".join(
            text if text.endswith(".") else f"{text}." for text in map(plain, lines) if text
        )
        return Picture(plain(title), description, "".join(sorted(self._missing)), self.figure)

    def _colour(self, colour: str) -> str:
        return colour if colour.startswith("#") else self.style.colour(colour)


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as is no wider than ``width`` inches with an ellipsis.

    A letter is never parted from the vowel signs on it.
    """
    if width_of(text, size, bold=bold) <= width:
        return text
    inner = plain(text)
    low, high = 0, len(inner)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(_shorten(inner, middle), size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return _shorten(inner, low)


def _shorten(text: str, length: int) -> str:
    while 0 < length < len(text) and unicodedata.combining(text[length]):
        length -= 1
    return clean(text[:length] + "…")


def heading(sheet: Sheet, title: str, lines: Sequence[str]) -> float:
    """Writes a title and the lines below it; gives where they end."""
    sheet.text(MARGIN, 0.42, title, size=15, bold=True)
    y = 0.75
    for line in lines:
        sheet.text(MARGIN, y, line, size=9, colour="faint", width=sheet.width - 2 * MARGIN)
        y += 0.22
    return y + 0.08


def footing(sheet: Sheet, lines: Sequence[str]) -> None:
    """Writes lines at the foot."""
    for number, line in enumerate(reversed(lines)):
        y = sheet.height - 0.25 - 0.21 * number
        sheet.text(MARGIN, y, line, size=8, colour="faint", width=sheet.width - 2 * MARGIN)


def foot_height(lines: Sequence[str]) -> float:
    """How high the lines at the foot are."""
    return 0.3 + 0.21 * len(lines)
