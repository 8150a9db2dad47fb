/** An answer as a chart: what is counted or added up, for each value of a column, as bars or as a line. */

import { scaleLinear, scaleUtc } from "d3-scale";
import { page, say } from "../../shared/page";
import { sortsOf, type Sort, type Table } from "../answers";
import { labelOf, type Showing } from "../shown";
import { numberOf, timeOf } from "../terms";
import { Choice, chosen, columnOptions, Unsuitable, type ViewProps } from "./settings";

const MOST_BARS = 60;
const WIDTH = 720;
const HEIGHT = 320;
const MARGIN = { top: 16, right: 40, bottom: 44, left: 64 };

export interface Point {
  label: string;
  /** The place on the axis: the number or time that the label is, or the number of the row. */
  at: number;
  value: number;
}

export function ChartView({ table, showing, settings, set }: ViewProps) {
  const sorts = sortsOf(table);
  const numbers = table.columns.filter((column) => sorts.get(column) === "number");
  const others = table.columns.filter((column) => sorts.get(column) !== "nothing");
  const first = others.find((column) => sorts.get(column) !== "number") ?? others[0] ?? "";
  const label = chosen(settings, "label", others, first);
  const value = chosen(settings, "value", ["", ...numbers], numbers.find((column) => column !== label) ?? "");
  const kind = chosen(settings, "kind", ["bar", "line"], sorts.get(label) === "time" ? "line" : "bar");
  if (others.length === 0) return <Unsuitable why="nothing_to_draw" />;
  const points = pointsOf(table, label, value, sorts.get(label)!, showing);
  const title = say(value ? "chart_sum" : "chart_count", { value, label });
  const kinds = [["bar", say("bars")], ["line", say("line")]] as const;
  return (
    <>
      <div class="settings">
        <Choice name="kind" label={say("kind")} value={kind} options={kinds} set={set} />
        <Choice name="label" label={say("label")} value={label} options={columnOptions(others)} set={set} />
        <Choice name="value" label={say("value")} value={value} options={columnOptions(numbers, say("number_of_rows"))} set={set} />
      </div>
      <figure>
        <figcaption>{title}</figcaption>
        {kind === "bar" ? <Bars points={points} /> : <Line points={points} sort={sorts.get(label)!} title={title} />}
      </figure>
    </>
  );
}

/** One point for each label, in the order of the rows: the sum of a column (where it has a value), or the number of rows. */
export function pointsOf(table: Table, label: string, value: string, sort: Sort, showing: Showing): Point[] {
  const found = new Map<string, Point>();
  for (const row of table.rows) {
    const [term, amount] = [row[label], value ? numberOf(row[value]) : 1];
    if (term === undefined || amount === null) continue;
    const words = labelOf(table, row, label, showing);
    const at = sort === "number" ? numberOf(term)! : sort === "time" ? timeOf(term)!.begin : found.size;
    const point = found.get(words) ?? { label: words, at, value: 0 };
    point.value += amount;
    found.set(words, point);
  }
  return [...found.values()];
}

function Bars({ points }: { points: readonly Point[] }) {
  const shown = points.slice(0, MOST_BARS);
  const largest = Math.max(...shown.map((point) => Math.abs(point.value)), Number.MIN_VALUE);
  return (
    <>
      <ul class="bars">
        {shown.map((point) => (
          <li>
            <bdi class="bar-label">{point.label}</bdi>
            <span class="bar-track" aria-hidden="true">
              <span class={point.value < 0 ? "bar below" : "bar"} style={{ inlineSize: `${(100 * Math.abs(point.value)) / largest}%` }} />
            </span>
            <bdi class="bar-value">{written(point.value)}</bdi>
          </li>
        ))}
      </ul>
      {points.length > shown.length && <p>{say("shown_of", { shown: shown.length, total: points.length })}</p>}
    </>
  );
}

/** A line from left to right in either language, as charts are drawn in Arabic, too. */
function Line({ points, sort, title }: { points: readonly Point[]; sort: Sort; title: string }) {
  const placed = [...points].sort((one, other) => one.at - other.at);
  const places = placed.map((point) => point.at);
  const values = placed.map((point) => point.value);
  const domain = [Math.min(...places), Math.max(...places)];
  const range = [MARGIN.left, WIDTH - MARGIN.right];
  const x = sort === "time" ? scaleUtc(domain, range) : scaleLinear(domain, range);
  const y = scaleLinear()
    .domain([Math.min(0, ...values), Math.max(1, ...values)])
    .nice()
    .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
  const path = placed.map((point, place) => `${place ? "L" : "M"}${x(point.at)},${y(point.value)}`).join("");
  return (
    <div class="drawing" dir="ltr">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} class="line-chart">
        {y.ticks(6).map((tick) => (
          <g>
            <line class="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text x={MARGIN.left - 8} y={y(tick) + 4} text-anchor="end">{written(tick)}</text>
          </g>
        ))}
        {ticksOf(placed, sort, x).map(([place, words]) => (
          <text x={place} y={HEIGHT - 12} text-anchor="middle">{words}</text>
        ))}
        <path d={path} class="line" />
        {placed.map((point) => (
          <circle cx={x(point.at)} cy={y(point.value)} r={placed.length > 100 ? 2 : 4}>
            <title>{`${point.label}: ${written(point.value)}`}</title>
          </circle>
        ))}
      </svg>
    </div>
  );
}

/** Up to six words below the axis, and where they stand. */
function ticksOf(points: readonly Point[], sort: Sort, x: { (at: number): number; ticks?: (count: number) => unknown[] }): [number, string][] {
  if (sort === "time") {
    const dates = (x.ticks?.(5) ?? []) as Date[];
    const span = dates.length > 1 ? dates[1]!.getTime() - dates[0]!.getTime() : 0;
    return dates.map((date) => [x(date.getTime()), dateWords(date, span)]);
  }
  if (sort === "number") return ((x.ticks?.(6) ?? []) as number[]).map((tick) => [x(tick), written(tick)]);
  const every = Math.ceil(points.length / 6);
  return points.filter((_, place) => place % every === 0).map((point) => [x(point.at), shortened(point.label)]);
}

const DAY = 86_400_000;

/** A date as precise as ticks that are so far apart need it. */
function dateWords(date: Date, span: number): string {
  const format: Intl.DateTimeFormatOptions = { timeZone: "UTC", year: "numeric", numberingSystem: "latn" };
  if (span < 360 * DAY) format.month = "short";
  if (span < 28 * DAY) format.day = "numeric";
  return new Intl.DateTimeFormat(page.language, format).format(date);
}

function shortened(words: string): string {
  return words.length > 14 ? `${words.slice(0, 13)}…` : words;
}

function written(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}
