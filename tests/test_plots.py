"""Pictures: true to the store, Arabic joined and in order, no label on another, the same bytes for the same store."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import many_events
import pytest
import sample_graph
from hypothesis import given, settings
from hypothesis import strategies as some
from test_cli import run

from diplograph.model import DiplographError, QueryError
from diplograph.plots import KINDS, LANGUAGES, Picture, Selection, draw, draw_events, format_of
from diplograph.plots.bidi import clean, ltr, plain
from diplograph.plots.dates import UNITS, begin_of, begins_between, choose_unit, days_of, next_begin
from diplograph.plots.network import draw_network
from diplograph.plots.selection import Chosen, Link, choose_events
from diplograph.plots.sheet import Sheet, fit, width_of
from diplograph.plots.style import load_style
from diplograph.plots.timeline import draw_timeline
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
MANY = 1200
PICTURES = [(kind, language) for kind in KINDS for language in LANGUAGES]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample_graph.fill(Store.in_memory()) as filled:
        yield filled


@pytest.fixture(scope="module")
def many() -> Iterator[Store]:
    with many_events.fill_many(Store.in_memory(), MANY) as filled:
        yield filled


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plots") / "store"
    with Store.open(path) as store:
        sample_graph.fill(store)
    return path


def event(number: int = 0, **values: object) -> Chosen:
    chosen = Chosen(
        f"https://example.org/{number}",
        "Summit",
        "occurred",
        "2022-02-03",
        "",
        "",
        "",
        0.9,
        1,
        "Summit",
        "قمة",
    )
    return replace(chosen, **values)  # type: ignore[arg-type]


def texts_of(picture: Picture) -> list[tuple[str, float, float, float, float]]:
    """Each text of a picture, without its direction marks, and its box in pixels: left, bottom, right, top."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    found = []
    for text in picture.figure.findobj(Text):
        if plain(text.get_text()).strip():
            box = text.get_window_extent(renderer)
            found.append((plain(text.get_text()), box.x0, box.y0, box.x1, box.y1))
    return found


def check_labels(picture: Picture) -> None:
    """No text covers another, and none leaves the picture."""
    found = texts_of(picture)
    width, height = picture.figure.bbox.width, picture.figure.bbox.height
    for text, left, bottom, right, top in found:
        assert left >= 0 and bottom >= 0 and right <= width and top <= height, f"{text} leaves the picture"
    for one, other in combinations(found, 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] + 1 or other[4] <= one[2] + 1
        assert apart, f"{one[0]!r} and {other[0]!r} cover each other"


def glyphs(svg: str, text: str) -> list[int]:
    """The glyphs of a text that is drawn in an SVG, from left to right; those without width are left out."""
    comment = next(found for found in re.finditer(r"<!--(.*?)-->", svg) if text in found[1])
    body = svg[comment.end() :]
    body = body[: body.index("</g>")]
    uses = re.findall(
        r'<use xlink:href="#DejaVuSans-([0-9a-f]+)"(?: transform="translate\(([-\d.]+) [^"]*")?/>', body
    )
    return [int(glyph, 16) for glyph, _ in sorted(uses, key=lambda use: float(use[1] or 0)) if glyph != "3"]


def glyph_of(*characters: int) -> list[int]:
    import matplotlib
    from matplotlib.font_manager import get_font

    font = get_font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    return [font.get_char_index(character) for character in characters]


# --- What a picture is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), PICTURES)
def test_a_picture_is_whole_and_told(store: Store, kind: str, language: str) -> None:
    picture = draw(store, kind, None, language)
    root = ET.fromstring(picture.render())
    assert root.get("role") == "img"
    told = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert list(told.values()) == [picture.title, picture.description]
    assert str(root.get("aria-labelledby")).split() == list(told)
    assert picture.title == load_style(language).text(kind)
    assert "6" in picture.description
    assert not re.search(r"[\u2066-\u2069]", picture.title + picture.description)
    assert not list(root.iter(f"{SVG}text")), "text would need a font; outlines do not"
    references = {use.get(HREF) for use in root.iter(f"{SVG}use")}
    assert references <= {f"#{element.get('id')}" for element in root.iter() if element.get("id")}
    assert picture.missing == ""


@pytest.mark.parametrize(("kind", "language"), PICTURES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_labels_keep_clear_of_each_other(
    store: Store, many: Store, kind: str, language: str, size: str
) -> None:
    check_labels(draw(store if size == "small" else many, kind, None, language))


@pytest.mark.parametrize("format", ["svg", "pdf"])
def test_the_same_store_gives_the_same_bytes(format: str, directory: Path) -> None:
    code = (
        "import sys; from diplograph.store import Store; from diplograph.plots import draw\n"
        f"store = Store.open({str(directory)!r}, read_only=True)\n"
        "for kind in ('timeline', 'network', 'calendar'):\n"
        f"    sys.stdout.buffer.write(draw(store, kind, None, 'ar').render({format!r}))"
    )
    one, other = (
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "UTC"))
    )
    assert one == other
    assert len(one) > 10_000


# --- Arabic ------------------------------------------------------------------------------------------------------------


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    picture = draw_timeline([event(label_ar="بيت")], load_style("ar"))
    initial, medial, final = 0xFE91, 0xFEF4, 0xFE96  # Arabic Presentation Forms-B: beh, yeh, teh
    assert glyphs(picture.render().decode(), "بيت") == glyph_of(final, medial, initial)


def test_numbers_and_latin_are_not_turned_round() -> None:
    picture = draw_timeline([event(label_ar="بيت NATO (2021-06)")], load_style("ar"))
    drawn = glyphs(picture.render().decode(), "بيت NATO")
    # from left to right: the parenthesis that closes for the reader, the date, the one that opens; NATO; the word
    expected = [*map(ord, "(2021-06)"), *map(ord, "NATO"), 0xFE96, 0xFEF4, 0xFE91]
    assert drawn == glyph_of(*expected)


def test_pictures_in_arabic_are_mirrored(store: Store) -> None:
    places = {}
    for language, early, late in (("en", "2021-12-30", "2022-02"), ("ar", "2021-12-30", "2022-02")):
        picture = draw(store, "timeline", None, language)
        rows = {text: left for text, left, *_ in texts_of(picture)}
        places[language] = rows[early], rows[late], picture.figure.bbox.width
        labels = {text: left for text, left, *_ in texts_of(picture)}
        title = labels[picture.title]
        assert (title < 100) == (language == "en")
    assert places["en"][0] < places["en"][2] / 2 < places["ar"][0]


def test_what_the_font_lacks_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = draw_timeline([event(label_en="Summit 中 in Владивосток")], load_style("en"))
    assert picture.missing == "中"
    assert "�" in "".join(text for text, *_ in texts_of(picture))
    with Store.open(tmp_path / "store") as store:
        many_events.fill_many(store, 1)
        store.inner.update(
            'DELETE { GRAPH ?g { ?e ?p ?label } } INSERT { GRAPH ?g { ?e ?p "中"@en } } '
            "WHERE { GRAPH ?g { ?e <https://w3id.org/diplograph/ontology#reportedBy> ?r ; ?p ?label . "
            'FILTER(LANG(?label) = "en") } }'
        )
    status, _, err = run(capsys, "plot", "timeline", "--store", tmp_path / "store", "-o", tmp_path / "x.svg")
    assert status == 0
    assert "no glyph for 中" in err


# --- Many events -------------------------------------------------------------------------------------------------------


def test_many_events_are_counted_and_that_is_said(many: Store) -> None:
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    picture = draw(many, "timeline")
    assert "a bar counts those that begin in a month" in picture.description
    left = sum(map(int, re.findall(r"Not drawn[^:]*: (\d+)", picture.description)))
    scale = {text: (bottom + top) / 2 for text, _, bottom, _, top in texts_of(picture) if text in ("0", "5")}
    one = (scale["5"] - scale["0"]) / 5
    colours = set(load_style("en").class_colours().values())
    bars = [
        box.get_window_extent()
        for box in picture.figure.findobj(Rectangle)
        if to_hex(box.get_facecolor()) in colours
    ]
    assert sum(bar.height for bar in bars) / one == pytest.approx(MANY - left, abs=1)
    assert 0 < left < MANY / 5


def test_limits_are_said(many: Store) -> None:
    network = draw(many, "network")
    (actors,) = map(int, re.findall(r"actors: (\d+)", network.description))
    (fewer,) = map(int, re.findall(r"Not drawn: (\d+) actors", network.description))
    assert re.search(r"Not drawn: \d+ weaker links", network.description)
    names = {actor.label_en or actor.label_ar for actor in sample_graph.ACTORS}
    drawn = [text for text, *_ in texts_of(network) if text in names or text.startswith("Official number")]
    assert len(drawn) == actors - fewer <= load_style("en").limit("actors")
    calendar = draw(many, "calendar")
    assert "a square is a month" in calendar.description
    counts = [int(text) for text, *_ in texts_of(calendar) if text.isdigit() and int(text) < 1000]
    assert sum(counts) >= MANY * 0.8


def test_a_network_of_many_that_only_deal_in_pairs() -> None:
    events = [event(number) for number in range(100)]
    links = [
        Link(f"a{number}", f"b{99 - number}", False, "Summit", events[number].iri) for number in range(100)
    ]
    picture = draw_network(events, links, {}, load_style("en"))
    assert "Not drawn: 170 actors" in picture.description
    check_labels(picture)


def test_a_calendar_of_few_years_shows_days(store: Store) -> None:
    picture = draw(store, "calendar")
    assert "A square is a day" in picture.description
    shown = {text for text, *_ in texts_of(picture)}
    assert {"2021", "2022", "Jan", "Mon"} <= shown


def test_a_long_gap_is_cut_out_of_the_axis() -> None:
    events = [event(1, start="1945-02-04"), event(2, start="2022-02-03"), event(3, start="2022-02-20")]
    texts = [text for text, *_ in texts_of(draw_timeline(events, load_style("en")))]
    assert "⋯" in texts


@settings(max_examples=25, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.dates(date(1900, 1, 1), date(2100, 12, 31)).map(str),
            some.sampled_from([4, 7, 10]),
            some.text(min_size=1, max_size=120),
        ),
        min_size=1,
        max_size=12,
    ),
    some.sampled_from(LANGUAGES),
)
def test_any_labels_and_dates_are_drawn_clear_of_each_other(
    values: list[tuple[str, int, str]], language: str
) -> None:
    events = [
        event(number, start=day[:precision], label_en=label, label_ar=label)
        for number, (day, precision, label) in enumerate(values)
    ]
    picture = draw_timeline(events, load_style(language))
    check_labels(picture)
    ET.fromstring(picture.render())


# --- Choosing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), 6),
        (Selection(status="planned"), 2),
        (Selection(type="Threat"), 1),
        (Selection(actor="Vladimir Putin"), 3),
        (Selection(actor="Russia"), 4),
        (Selection(first="2022"), 3),
        (Selection(last="2021"), 2),
        (Selection(first="2022-01", last="2022-01"), 2),
        (Selection(confidence=0.9), 3),
        (Selection(status="planned", confidence=0.9, actor="زيلينسكي"), 1),
    ],
)
def test_filters(store: Store, selection: Selection, expected: int) -> None:
    assert len(choose_events(store, selection)) == expected


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["timeline", "--from", "2030"], "no event to draw; take away a filter"),
        (["network", "--type", "Sumit"], 'did you mean "Summit"'),
        (["timeline", "--status", "maybe"], "there are occurred"),
        (["timeline", "--actor", "Nobody"], "no document in the store names the actor"),
        (["timeline", "--from", "2021-33"], "is not a date"),
        (["calendar", "--min-confidence", "2"], "is not in the range"),
        (["tree"], "is not one of 'timeline', 'network', 'calendar'"),
        (["network", "--status", "hypothetical"], "no network to draw"),
        (["timeline", "--output", "x.gif"], "must end in .svg, .png, .pdf"),
        (["timeline", "--output", "nowhere/x.svg"], "nowhere/x.svg cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_line(
    directory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    status, out, err = run(capsys, "plot", *arguments, "--store", directory)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert says in err


def test_an_empty_selection_leaves_the_file_alone(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.svg"
    kept.write_text("before")
    status, _, _ = run(capsys, "plot", "timeline", "--from", "2030", "-o", kept, "--store", directory)
    assert (status, kept.read_text()) == (2, "before")


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_formats_by_the_name_of_the_file(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, begins: bytes
) -> None:
    path = tmp_path / f"x.{suffix}"
    status, out, err = run(capsys, "plot", "network", "--lang", "ar", "-o", path, "--store", directory)
    assert (status, out) == (0, "")
    assert "من يتعامل مع من" in err
    assert path.read_bytes().startswith(begins)


def test_svg_goes_to_standard_output(directory: Path) -> None:
    command = [sys.executable, "-m", "diplograph", "plot", "timeline", "--store", str(directory)]
    done = subprocess.run(command, capture_output=True, check=True)
    ET.fromstring(done.stdout)
    assert done.stderr == b""


def test_unknown_formats_kinds_and_languages(store: Store) -> None:
    with pytest.raises(DiplographError, match="must end in"):
        format_of(Path("picture"))
    with pytest.raises(QueryError, match="timeline, network, calendar"):
        draw(store, "tree")
    with pytest.raises(QueryError, match="en or ar"):
        draw(store, "timeline", None, "fr")
    with pytest.raises(QueryError, match="from 0 to 1"):
        choose_events(store, Selection(confidence=2))


# --- Words, colours, dates ---------------------------------------------------------------------------------------------


def test_every_class_has_a_colour_and_an_unknown_one_too() -> None:
    style = load_style("en")
    classes = load_vocabulary().event_classes()
    assert len({style.class_colours()[name] for name in classes}) == len(classes)
    assert list(style.colours_of(["Unheard", *reversed(classes)])) == [*classes, "Unheard"]
    with sample_graph.fill(Store.in_memory()) as store:
        picture = draw_events(store, "timeline", (event(type="Unheard", status="rumoured"),), "en")
    assert "Unheard (1)" in [text for text, *_ in texts_of(picture)]


def test_every_text_is_there_in_both_languages() -> None:
    for name, told in load_style("en").data["texts"].items():
        assert set(told) == {"en", "ar"}, name
        fields = [sorted(re.findall(r"\{(\w+)\}", told[language])) for language in ("en", "ar")]
        assert fields[0] == fields[1], name


@given(some.text(max_size=60))
def test_a_clean_label_is_one_line_and_turns_nothing_round(text: str) -> None:
    cleaned = clean(text)
    inner = plain(cleaned)
    assert not re.search("[\n\r\t\u0000-\u001f\u202a-\u202e\u2066-\u2069\u200e\u200f]", inner)
    assert cleaned.count("\u2068") == 1
    assert cleaned.count("\u2066") + 1 == cleaned.count("\u2069")
    assert clean(inner) == cleaned


@settings(deadline=None)
@given(some.text(some.characters(categories=["L", "N", "M", "Zs"]), max_size=80), some.floats(0.4, 3))
def test_a_text_fits_where_it_is_put(text: str, width: float) -> None:
    fitted = fit(clean(text), width, 9)
    assert width_of(fitted, 9) <= max(width, width_of(clean("…"), 9))
    if fitted != clean(text):
        assert plain(fitted).endswith("…")
        assert plain(clean(text)).startswith(plain(fitted)[:-1])


def test_dates_that_no_calendar_has_are_no_days() -> None:
    assert days_of("2021-13") is None
    assert days_of("-0044") is None
    assert days_of("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))
    assert event(start="2022-02-30").days is None
    assert event(start="2022-02", end="2022-03-04").days == (date(2022, 2, 1), date(2022, 3, 4))


@given(some.dates(), some.dates(), some.sampled_from(UNITS))
def test_units_tile_the_days(one: date, other: date, unit: str) -> None:
    first, last = sorted((one, other))
    begins = begins_between(first, last, unit, most=50)
    assert begins[0] == begin_of(first, unit) <= first
    for begin, following in pairwise(begins):
        assert next_begin(begin, unit) == following
        assert begin_of(following, unit) == following
    chosen = choose_unit(first, last, 50)
    assert len(begins_between(first, last, chosen, most=1000)) <= 50 or chosen == UNITS[-1]


def test_a_sheet_is_mirrored_in_arabic() -> None:
    assert Sheet(load_style("en"), 10, 5).across(1) == 1
    assert Sheet(load_style("ar"), 10, 5).across(1) == 9
    assert ltr(3) == "\u20663\u2069"
