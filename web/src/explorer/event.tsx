/** One event: what is known of it, what each document says of it, and the words that say so. */
import type { VNode } from "preact";
import { formatDate, formatNumber } from "../shared/formats";
import { directionOf } from "../shared/marks";
import { page, say } from "../shared/page";
import { thingAddress } from "./address";
import { encodeKey, useAnswer } from "./api";
import { Evidence, Key, WHOLE, aspectsOf } from "./evidence";
import { Confidence, StatusTag, Title, TypeTag, Waiting } from "./pieces";
import { termLabel } from "./terms";
import type { EventDetail, Report } from "./types";
import { Value } from "./values";

const HEAD = new Set(["status", "confidence", WHOLE]);

export function EventPage({ of: key }: { of: string }): VNode {
  const loaded = useAnswer<EventDetail>(`event/${encodeKey(key)}`);
  const event = loaded.value;
  if (!event) return <Waiting of={loaded} unknown="unknown_event" />;
  return (
    <article class="event-page">
      <p class="tags">
        <TypeTag type={event.type} />
        {event.values.status?.map((status) => <StatusTag key={status} status={String(status)} />)}
        <Confidence value={event.confidence} />
      </p>
      <Title labels={event.label} otherwise={event.key} />
      <dl class="facts">
        {Object.entries(event.values)
          .filter(([aspect]) => !HEAD.has(aspect))
          .map(([aspect, values]) => (
            <div key={aspect}>
              <dt>{termLabel(aspect)}</dt>
              <dd>
                <Value aspect={aspect} values={values} things={event.things} />
              </dd>
            </div>
          ))}
      </dl>
      <Reports event={event} />
      <section aria-labelledby="words">
        <h2 id="words">{say("words")}</h2>
        {event.reports.map((report) => (
          <Quotes key={report.key} report={report} />
        ))}
      </section>
      <p class="also-at">
        <a href={`${page.root}/event/${encodeKey(event.key)}?format=html`}>{say("as_data")}</a>
      </p>
    </article>
  );
}

export function reportName(report: Report): string {
  return report.title ?? report.source ?? report.document;
}

/** The sign of disagreement. */
function Unequal(): VNode {
  return (
    <span class="sign" aria-hidden="true">
      !
    </span>
  );
}

/** What each document says, beside each other; what others contradict is marked. */
function Reports({ event }: { event: EventDetail }): VNode {
  const disputed = new Map<string, Set<string>>();
  for (const { aspect, document, other_document } of event.disagreements) {
    const among = disputed.get(aspect) ?? new Set();
    disputed.set(aspect, among.add(document).add(other_document));
  }
  return (
    <section aria-labelledby="reports">
      <h2 id="reports">
        {say(event.reports.length === 1 ? "one_report" : "reports", { count: formatNumber(event.reports.length) })}
      </h2>
      {disputed.size > 0 && (
        <p class="disagree">
          <Unequal />
          {say("disagree")} {[...disputed.keys()].map(termLabel).join(say("comma"))}
        </p>
      )}
      <div class="scroll" role="region" aria-label={say("side_by_side")} tabIndex={0}>
        <table class="reports">
          <thead>
            <tr>
              <td />
              {event.reports.map((report) => (
                <th key={report.key} scope="col">
                  <a href={thingAddress(`document/${report.document}`)}>
                    <bdi dir="auto">{reportName(report)}</bdi>
                  </a>
                  <span class="small">
                    {report.published ? formatDate(report.published) : say("no_date")}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {event.aspects.map((aspect) => (
              <tr key={aspect} class={disputed.has(aspect) ? "disputed" : undefined}>
                <th scope="row">{termLabel(aspect)}</th>
                {event.reports.map((report) => {
                  const differs = disputed.get(aspect)?.has(report.document);
                  return (
                    <td key={report.key} class={differs ? "differs" : undefined}>
                      {differs && (
                        <>
                          <Unequal />
                          <span class="unseen">{say("differs")}: </span>
                        </>
                      )}
                      <Value aspect={aspect} values={report.values[aspect]} things={event.things} />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The sentences of a report with the words that were read; words outside of them stand by themselves. */
function Quotes({ report }: { report: Report }): VNode {
  const wholes = report.marks.filter((mark) => mark.aspects.includes(WHOLE));
  const aspects = aspectsOf(report.marks);
  const others = report.marks.filter(
    (mark) => !wholes.some((whole) => whole.begin <= mark.begin && mark.end <= whole.end),
  );
  return (
    <figure class="quote">
      <figcaption>
        <a href={thingAddress(`document/${report.document}`)}>
          <bdi dir="auto">{reportName(report)}</bdi>
        </a>
        {report.published && <span class="small"> · {formatDate(report.published)}</span>}
      </figcaption>
      {wholes.map((whole) => (
        <blockquote key={whole.begin} dir={directionOf(whole.quote)} lang="ar" data-begin={whole.begin}>
          <Evidence text={whole.quote} from={whole.begin} marks={report.marks} aspects={aspects} />
        </blockquote>
      ))}
      <Key marks={report.marks} aspects={aspects} words />
      {others.length > 0 && (
        <p class="small">
          {say("words_elsewhere")}{" "}
          {others.map((mark) => (
            <span key={`${mark.begin}-${mark.end}`} class="elsewhere" lang="ar">
              <bdi dir="auto">
                <Evidence text={mark.quote} from={mark.begin} marks={[mark]} aspects={aspects} />
              </bdi>{" "}
            </span>
          ))}
        </p>
      )}
    </figure>
  );
}
