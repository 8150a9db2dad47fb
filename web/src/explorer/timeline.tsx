/** Bars of events over time, and the list of them. */
import { useEffect, useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatDate, formatNumber } from "../shared/formats";
import { say } from "../shared/page";
import { viewAddress } from "./address";
import { Failure, ask } from "./api";
import { replaced } from "./filters";
import { EventItem, Trouble } from "./pieces";
import { kindClass, termLabel, terms } from "./terms";
import type { EventRow, Things, Timeline } from "./types";

const LABELS = 8; // bars that say when they are, at most

export function TimelineView({ answer, filter }: { answer: Timeline; filter: URLSearchParams }): VNode {
  return (
    <>
      <Bars answer={answer} filter={filter} />
      <EventList answer={answer} filter={filter} />
    </>
  );
}

/** The filter narrowed to the time of a bar. */
function within(filter: URLSearchParams, when: string): string {
  return viewAddress("timeline", replaced(replaced(filter, "from", when), "to", when));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((one, other) => one + other, 0);
}

function Bars({ answer, filter }: { answer: Timeline; filter: URLSearchParams }): VNode | null {
  const { bars, unit, undated } = answer;
  if (!bars.length) return null;
  const most = Math.max(...bars.map(([, counts]) => sum(counts)));
  const every = Math.ceil(bars.length / LABELS);
  const shown = terms.types.filter((type) => bars.some(([, counts]) => counts[type]));
  return (
    <figure class="bars">
      <figcaption>
        <span>{say(unit === "month" ? "by_month" : "by_year")}</span>
        <span class="key">
          {shown.map((type) => (
            <span key={type} class={`tag ${kindClass(type)}`}>
              <i aria-hidden="true" />
              {termLabel(type)}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot" aria-hidden="true">
        <span class="most">{formatNumber(most)}</span>
        {bars.map(([when, counts], place) => {
          const total = sum(counts);
          return (
            <a key={when} href={within(filter, when)} tabIndex={-1} title={`${formatDate(when)}: ${formatNumber(total)}`}>
              <span class="stack" style={{ blockSize: `${(100 * total) / most}%` }}>
                {shown.map((type) =>
                  counts[type] ? <span key={type} class={kindClass(type)} style={{ flexGrow: counts[type] }} /> : null,
                )}
              </span>
              {place % every === 0 && <span class="tick">{when.slice(0, 4) === when ? when : shortMonth(when)}</span>}
            </a>
          );
        })}
      </div>
      {undated > 0 && <p class="small">{say("undated", { count: formatNumber(undated) })}</p>}
      <details>
        <summary>{say("as_table")}</summary>
        <div class="scroll" role="region" aria-label={say("by_month")} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say("time")}</th>
                {shown.map((type) => (
                  <th key={type} scope="col">
                    {termLabel(type)}
                  </th>
                ))}
                <th scope="col">{say("all")}</th>
              </tr>
            </thead>
            <tbody>
              {bars
                .filter(([, counts]) => sum(counts))
                .map(([when, counts]) => (
                  <tr key={when}>
                    <th scope="row">
                      <a href={within(filter, when)}>{formatDate(when)}</a>
                    </th>
                    {shown.map((type) => (
                      <td key={type} class="amount">
                        {formatNumber(counts[type] ?? 0)}
                      </td>
                    ))}
                    <td class="amount">{formatNumber(sum(counts))}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function shortMonth(when: string): string {
  return `${Number(when.slice(5))}/${when.slice(0, 4)}`;
}

/** The events, and a button for more of them. */
function EventList({ answer, filter }: { answer: Timeline; filter: URLSearchParams }): VNode {
  const [more, setMore] = useState<{ events: EventRow[]; things: Things; next: number | null }>({
    events: [],
    things: {},
    next: answer.next,
  });
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    setMore({ events: [], things: {}, next: answer.next });
    setFailure(null);
  }, [answer]);
  const load = () => {
    setFailure(null);
    const query = new URLSearchParams(filter);
    query.set("after", String(more.next));
    ask<Timeline>(`events?${query}`).then(
      (found) => {
        setMore({ events: [...more.events, ...found.events], things: { ...more.things, ...found.things }, next: found.next });
      },
      (error) => setFailure(error as Failure),
    );
  };
  const things = { ...answer.things, ...more.things };
  const events = [...answer.events, ...more.events];
  return (
    <section aria-labelledby="list">
      <h2 id="list">{say("list")}</h2>
      <ol class="events">
        {events.map((event) => (
          <EventItem key={event.key} event={event} things={things} />
        ))}
      </ol>
      {failure && <Trouble failure={failure} again={load} />}
      {more.next !== null && !failure && (
        <button type="button" class="more" onClick={load}>
          {say("more", { count: formatNumber(answer.total - events.length) })}
        </button>
      )}
    </section>
  );
}
