/** An answer as a timeline: its rows in order of time, under their years, and a strip that shows how they lie. */

import { useState } from "preact/hooks";
import { scaleUtc } from "d3-scale";
import { say } from "../../shared/page";
import { sortsOf, type Row, type Table } from "../answers";
import { Shown, type Showing } from "../shown";
import { timeOf, type When } from "../terms";
import { Choice, chosen, columnOptions, Unsuitable, type ViewProps } from "./settings";

const AT_ONCE = 200;
const MOST_MARKS = 2000;

export interface Moment {
  row: Row;
  begin: When;
  end: When | null;
}

export function TimelineView({ table, showing, settings, set }: ViewProps) {
  const [shown, setShown] = useState(AT_ONCE);
  const sorts = sortsOf(table);
  const times = table.columns.filter((column) => sorts.get(column) === "time");
  const others = table.columns.filter((column) => !["time", "nothing"].includes(sorts.get(column)!));
  if (times.length === 0) return <Unsuitable why="no_times" />;
  const begin = chosen(settings, "begin", times);
  const end = chosen(settings, "end", ["", ...times], times.find((column) => column !== begin && /end|to|last/.test(column)) ?? "");
  const first = others.find((column) => sorts.get(column) === "thing") ?? others[0] ?? "";
  const label = chosen(settings, "label", others, first);
  const moments = momentsOf(table, begin, end);
  return (
    <>
      <div class="settings">
        <Choice name="begin" label={say("begin")} value={begin} options={columnOptions(times)} set={set} />
        <Choice name="end" label={say("end")} value={end} options={columnOptions(times, say("none"))} set={set} />
        <Choice name="label" label={say("label")} value={label} options={columnOptions(others)} set={set} />
      </div>
      <Strip moments={moments} />
      {byYear(moments.slice(0, shown)).map(([year, of]) => (
        <section class="year">
          <h3 dir="ltr">{year}</h3>
          <ol class="moments">
            {of.map((moment) => (
              <Entry moment={moment} table={table} label={label} showing={showing} />
            ))}
          </ol>
        </section>
      ))}
      {shown < moments.length && (
        <p class="more">
          {say("shown_of", { shown, total: moments.length })}{" "}
          <button type="button" onClick={() => setShown(shown + AT_ONCE * 5)}>{say("more")}</button>
        </p>
      )}
    </>
  );
}

/** The rows that have a time, the earliest first; where two begin alike the more precise. */
export function momentsOf(table: Table, begin: string, end: string): Moment[] {
  const found: Moment[] = [];
  for (const row of table.rows) {
    const from = timeOf(row[begin]);
    if (from !== null) found.push({ row, begin: from, end: end ? timeOf(row[end]) : null });
  }
  return found.sort((one, other) => one.begin.begin - other.begin.begin || one.begin.end - other.begin.end);
}

function byYear(moments: readonly Moment[]): [string, Moment[]][] {
  const years = new Map<string, Moment[]>();
  for (const moment of moments) {
    const year = String(new Date(moment.begin.begin).getUTCFullYear());
    years.set(year, [...(years.get(year) ?? []), moment]);
  }
  return [...years];
}

function Entry({ moment, table, label, showing }: { moment: Moment; table: Table; label: string; showing: Showing }) {
  const { row, begin, end } = moment;
  const words = row[table.labels.get(label) ?? label] ?? row[label];
  return (
    <li>
      <time dateTime={begin.text} dir="ltr">{end && end.text !== begin.text ? `${begin.text} – ${end.text}` : begin.text}</time>
      <span class="what">
        <Shown term={words} to={row[label]} showing={showing} />
      </span>
    </li>
  );
}

/** All rows at once: each a mark as long as its date is imprecise, or as what it tells of lasts. */
function Strip({ moments }: { moments: readonly Moment[] }) {
  const marks = moments.slice(0, MOST_MARKS);
  if (marks.length === 0) return null;
  const ends = marks.map((moment) => Math.max(moment.begin.end, moment.end?.end ?? 0));
  const x = scaleUtc().domain([marks[0]!.begin.begin, Math.max(...ends)]).range([40, 680]);
  const lanes = lanesOf(marks, ends, (time) => x(time));
  const height = (Math.max(...lanes) + 1) * 6 + 8;
  return (
    <div class="drawing" dir="ltr" aria-hidden="true">
      <svg viewBox={`0 0 720 ${height + 20}`} class="strip">
        {marks.map((moment, place) => {
          const from = x(moment.begin.begin);
          return (
            <rect x={from} y={lanes[place]! * 6 + 4} width={Math.max(x(ends[place]!) - from, 3)} height={4} rx={1}>
              <title>{moment.begin.text}</title>
            </rect>
          );
        })}
        <line class="grid" x1={40} x2={680} y1={height} y2={height} />
        {x.ticks(6).map((tick) => (
          <text x={x(tick)} y={height + 16} text-anchor="middle">{tick.toISOString().slice(0, 7)}</text>
        ))}
      </svg>
    </div>
  );
}

const MOST_LANES = 24;

/** In which lane each mark finds room; where all are full they lie over each other in the last. */
function lanesOf(marks: readonly Moment[], ends: readonly number[], x: (time: number) => number): number[] {
  const free: number[] = [];
  return marks.map((moment, place) => {
    const from = x(moment.begin.begin);
    let lane = free.findIndex((until) => until <= from);
    if (lane < 0) lane = Math.min(free.length, MOST_LANES - 1);
    free[lane] = Math.max(x(ends[place]!), from + 3) + 2;
    return lane;
  });
}
