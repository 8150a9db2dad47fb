/** Small pieces that several pages are made of. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { formatNumber, formatPeriod, formatShare } from "../shared/formats";
import { say } from "../shared/page";
import { focusOnArrival, thingAddress } from "./address";
import type { Failure, Loaded } from "./api";
import { best, kindClass, second, termLabel } from "./terms";
import type { EventRow, Labels, Things } from "./types";

/** Words that come from the store: isolated, with their own language and direction. */
export function Words({ labels, otherwise = "" }: { labels: Labels | undefined; otherwise?: string }): VNode {
  const { text, lang } = best(labels, otherwise);
  return (
    <bdi dir={lang === "ar" ? "rtl" : lang ? "ltr" : "auto"} lang={lang || undefined}>
      {text}
    </bdi>
  );
}

/** The name of an actor or place by its key, as a link to its page. */
export function ThingLink({ of: key, things, tab = true }: { of: string; things: Things; tab?: boolean }): VNode {
  return (
    <a href={thingAddress(key)} tabIndex={tab ? undefined : -1}>
      <Words labels={things[key]?.label} otherwise={key.slice(key.indexOf("/") + 1)} />
    </a>
  );
}

export function nameOf(key: string, things: Things): string {
  return best(things[key]?.label, key.slice(key.indexOf("/") + 1)).text;
}

const SITE = document.title;

/** Says in the window's title what is shown. */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = text ? `${text} · diplograph` : SITE;
  }, [text]);
}

/** A heading that a page begins with: focused when one comes to the page. */
export function Title({ labels, otherwise = "", children }: { labels?: Labels; otherwise?: string; children?: ComponentChildren }): VNode {
  useTitle(best(labels, otherwise).text);
  const other = second(labels);
  return (
    <>
      <h1 tabIndex={-1} ref={focusOnArrival}>{children ?? <Words labels={labels} otherwise={otherwise} />}</h1>
      {other && (
        <p class="also">
          <bdi lang={other.lang} dir={other.lang === "ar" ? "rtl" : "ltr"}>
            {other.text}
          </bdi>
        </p>
      )}
    </>
  );
}

export function TypeTag({ type }: { type: string }): VNode {
  return (
    <span class={`tag ${kindClass(type)}`}>
      <i aria-hidden="true" />
      {termLabel(type)}
    </span>
  );
}

export function StatusTag({ status }: { status: string }): VNode {
  return <span class={`status status-${status}`}>{termLabel(status)}</span>;
}

export function Confidence({ value }: { value: number | null }): VNode | null {
  if (value === null) return null;
  return (
    <span class="confidence" title={say("confidence_long")}>
      {say("confidence_of", { share: formatShare(value) })}
    </span>
  );
}

/** An event in a list: when, what, who, where, and by how many reports. */
export function EventItem({ event, things, children }: { event: EventRow; things: Things; children?: ComponentChildren }): VNode {
  const byRole = new Map<string, string[]>();
  for (const [role, actor] of event.parts) byRole.set(role, [...(byRole.get(role) ?? []), actor]);
  return (
    <li class={`event ${kindClass(event.type)}`}>
      <p class="when">
        {event.start ? <time dateTime={event.start}>{formatPeriod(event.start, event.end)}</time> : say("no_date")}
      </p>
      <div>
        <h3>
          <a href={thingAddress(`event/${event.key}`)}>
            <Words labels={event.label} otherwise={event.key} />
          </a>
        </h3>
        <p class="tags">
          <TypeTag type={event.type} />
          <StatusTag status={event.status} />
          <span class="quiet">{say(event.reports === 1 ? "one_report" : "reports", { count: formatNumber(event.reports) })}</span>
          <Confidence value={event.confidence} />
        </p>
        {(byRole.size > 0 || event.places.length > 0) && (
          <dl class="who">
            {[...byRole].map(([role, actors]) => (
              <div key={role}>
                <dt>{termLabel(role)}</dt>
                <dd>
                  <Several keys={actors} things={things} />
                </dd>
              </div>
            ))}
            {event.places.length > 0 && (
              <div>
                <dt>{termLabel("heldAt")}</dt>
                <dd>
                  <Several keys={event.places} things={things} />
                </dd>
              </div>
            )}
          </dl>
        )}
        {children}
      </div>
    </li>
  );
}

/** Several actors or places, with the comma of the language between them. */
export function Several({ keys, things }: { keys: string[]; things: Things }): VNode {
  return (
    <>
      {keys.map((key, place) => (
        <span key={key}>
          {place > 0 && say("comma")}
          <ThingLink of={key} things={things} />
        </span>
      ))}
    </>
  );
}

/** What to say instead of an answer: that it is on its way, or why it does not come. */
export function Waiting({ of: loaded, unknown = "unknown" }: { of: Loaded<unknown>; unknown?: string }): VNode {
  if (loaded.failure) return <Trouble failure={loaded.failure} again={loaded.again} unknown={unknown} />;
  return (
    <p class="waiting" role="status">
      {say("loading")}
    </p>
  );
}

export function Trouble({ failure, again, unknown = "unknown" }: { failure: Failure; again?: () => void; unknown?: string }): VNode {
  const key = failure.reason === "unknown" ? unknown : failure.reason;
  const final = ["unknown", "unparsed", "other_parser"].includes(failure.reason);
  return (
    <div class="trouble" role="alert">
      <p>{say(key)}</p>
      {failure.detail && !final && (
        <p class="small" lang="en" dir="ltr">
          {failure.detail}
        </p>
      )}
      {again && !final && (
        <button type="button" onClick={again}>
          {say("again")}
        </button>
      )}
    </div>
  );
}

/** A bar that shows a count beside the largest of its kind. */
export function Amount({ count, most }: { count: number; most: number }): VNode {
  return (
    <span class="amount-bar" aria-hidden="true">
      <span style={{ inlineSize: `${Math.max(2, (100 * count) / most)}%` }} />
    </span>
  );
}

/** Actors or places by how many events they have, each with its bar. */
export function Ranks({ of: ranks, things, most, lost = false }: { of: [string, number][]; things: Things; most: number; lost?: boolean }): VNode {
  return (
    <ol class={lost ? "ranks lost" : "ranks"}>
      {ranks.map(([key, count]) => (
        <li key={key}>
          <ThingLink of={key} things={things} /> <span class="count">{formatNumber(count)}</span>
          <Amount count={count} most={most} />
        </li>
      ))}
    </ol>
  );
}
