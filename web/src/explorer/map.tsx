/** Where events were held: a map, the list of places beside it, and what has no place on it. */
import { geoNaturalEarth1, geoPath, type GeoProjection } from "d3-geo";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlasFile from "world-atlas/countries-50m.json?url";
import { formatNumber } from "../shared/formats";
import { say } from "../shared/page";
import { thingAddress } from "./address";
import { Ranks, nameOf } from "./pieces";
import type { Places } from "./types";
import { useWidth } from "./width";

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

const LABELS = 14;
const SPREAD = 12; // degrees around a single place

export function MapView({ answer }: { answer: Places }): VNode {
  const found = answer.places.filter((place) => place.at);
  const lost = answer.places.filter((place) => !place.at);
  const most = Math.max(1, ...answer.places.map((place) => place.events));
  if (!answer.places.length) return <p>{say("no_places")}</p>;
  return (
    <div class="atlas">
      <MapFrame answer={answer} found={found} />
      <section aria-labelledby="places">
        <h2 id="places">{say("places")}</h2>
        <Ranks of={found.map(({ place, events }) => [place, events])} things={answer.things} most={most} />
        {lost.length > 0 && (
          <>
            <h2>{say("not_on_map")}</h2>
            <p class="small">{say("not_on_map_long")}</p>
            <Ranks of={lost.map(({ place, events }) => [place, events])} things={answer.things} most={most} lost />
          </>
        )}
        {answer.nowhere > 0 && <p class="small">{say("nowhere", { count: formatNumber(answer.nowhere) })}</p>}
      </section>
    </div>
  );
}

function MapFrame({ answer, found }: { answer: Places; found: Places["places"] }): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [whole, setWhole] = useState(false);
  const [atlas, setAtlas] = useState<Atlas | null>(null);
  useEffect(() => {
    fetch(atlasFile)
      .then((response) => response.json())
      .then(setAtlas, () => setAtlas(null)); // places without outlines, and the list beside them, are still of use
  }, []);
  return (
    <div class="drawing" ref={frame}>
      {width > 0 && <Drawing answer={answer} found={found} width={width} whole={whole} atlas={atlas} />}
      <p class="small">
        <button type="button" class="quietly" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {say("whole_world")}
        </button>{" "}
        {say("outlines")}
      </p>
    </div>
  );
}

/** A projection in which all places, or the whole world, fill the frame. */
function project(found: Places["places"], whole: boolean, width: number, height: number): GeoProjection {
  const projection = geoNaturalEarth1();
  const edge: [[number, number], [number, number]] = [[24, 24], [width - 24, height - 24]];
  if (whole || !found.length) return projection.fitExtent(edge, { type: "Sphere" });
  const corners = found.flatMap(({ at }) => {
    const [lon, lat] = at!;
    return [
      [lon - SPREAD, Math.max(-85, lat - SPREAD / 2)],
      [lon + SPREAD, Math.min(85, lat + SPREAD / 2)],
    ];
  });
  return projection.fitExtent(edge, { type: "MultiPoint", coordinates: corners as [number, number][] });
}

interface DrawingProps {
  answer: Places;
  found: Places["places"];
  width: number;
  whole: boolean;
  atlas: Atlas | null;
}

function Drawing({ answer, found, width, whole, atlas }: DrawingProps): VNode {
  const height = Math.round(Math.max(200, Math.min(560, width * 0.52)));
  const projection = useMemo(() => project(found, whole, width, height), [answer, whole, width, height]);
  const outlines = useMemo(() => {
    if (!atlas) return null;
    const path = geoPath(projection.clipExtent([[-5, -5], [width + 5, height + 5]])).digits(1);
    const drawn = { land: path(feature(atlas, atlas.objects.land)), borders: path(mesh(atlas, atlas.objects.countries, (a, b) => a !== b)) };
    projection.clipExtent(null);
    return drawn;
  }, [atlas, projection]);
  const most = Math.max(1, ...found.map((place) => place.events));
  const dots = found
    .map((place, rank) => ({ ...place, rank, point: projection(place.at!) ?? ([-99, -99] as [number, number]) }))
    .map((dot) => ({ ...dot, radius: 3 + (width < 600 ? 6 : 10) * Math.sqrt(dot.events / most) }));
  const labelled = chooseLabels(dots);
  return (
    <svg class="map" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label={say("map_drawing")}>
      {outlines && (
        <g aria-hidden="true">
          <path class="land" d={outlines.land ?? ""} />
          <path class="borders" d={outlines.borders ?? ""} />
        </g>
      )}
      {dots.map(({ place, events, point: [x, y], radius }) => (
        <a key={place} href={thingAddress(place)} class="node" aria-label={`${nameOf(place, answer.things)}: ${formatNumber(events)}`}>
          <title>{`${nameOf(place, answer.things)}: ${formatNumber(events)}`}</title>
          <circle cx={x} cy={y} r={radius} />
        </a>
      ))}
      <g class="labels" aria-hidden="true">
        {dots
          .filter(({ rank }) => labelled.has(rank))
          .map(({ place, point: [x, y], radius }) => (
            <text key={place} x={x} y={y - radius - 3} text-anchor="middle">
              {nameOf(place, answer.things)}
            </text>
          ))}
      </g>
    </svg>
  );
}

/** The places whose names are written: those with most events, where names do not lie on each other. */
function chooseLabels(dots: { rank: number; point: [number, number]; radius: number }[]): Set<number> {
  const taken: { rank: number; point: [number, number] }[] = [];
  for (const dot of dots) {
    if (taken.length >= LABELS) break;
    const clear = taken.every(({ point: [x, y] }) => Math.abs(x - dot.point[0]) > 70 || Math.abs(y - dot.point[1]) > 18);
    if (clear) taken.push(dot);
  }
  return new Set(taken.map((dot) => dot.rank));
}
