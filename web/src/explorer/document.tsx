/** A document: its text with the events marked in it, and the parse of any of its sentences on demand. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatDate, formatNumber } from "../shared/formats";
import { cut, directionOf } from "../shared/marks";
import { page, say } from "../shared/page";
import { thingAddress } from "./address";
import { encodeKey, useAnswer } from "./api";
import { Evidence, Key, WHOLE, aspectsOf } from "./evidence";
import { StatusTag, Title, TypeTag, Waiting } from "./pieces";
import { kindClass, termLabel } from "./terms";
import { SentenceTree } from "./tree";
import type { DocumentDetail, EvidenceMark, Report } from "./types";

interface Whole extends EvidenceMark {
  report: Report;
}

/** The paragraphs of a text with where they begin, in code points. */
export function paragraphs(text: string): { text: string; begin: number }[] {
  let begin = 0;
  const found = [];
  for (const line of text.split("\n")) {
    if (line.trim()) found.push({ text: line, begin });
    begin += Array.from(line).length + 1;
  }
  return found;
}

export function DocumentPage({ of: id }: { of: string }): VNode {
  const loaded = useAnswer<DocumentDetail>(`document/${encodeKey(id)}`);
  const [details, setDetails] = useState(true);
  const [parsed, setParsed] = useState<number | null>(null);
  const found = loaded.value;
  if (!found) return <Waiting of={loaded} unknown="unknown_document" />;
  const wholes: Whole[] = found.reports.flatMap((report) =>
    report.marks.filter((mark) => mark.aspects.includes(WHOLE)).map((mark) => ({ ...mark, report })),
  );
  const marks = found.reports.flatMap((report) => report.marks);
  const aspects = aspectsOf(marks);
  const first = (whole: Whole) => Math.min(...wholes.filter(({ report }) => report === whole.report).map(({ begin }) => begin));
  return (
    <article class="document-page">
      <Title otherwise={found.title ?? found.source ?? found.key}>
        <bdi dir={directionOf(found.title ?? found.source ?? found.key)}>{found.title ?? found.source ?? found.key}</bdi>
      </Title>
      <p class="quiet">
        {found.published && (
          <>
            {termLabel("published")}: <time dateTime={found.published}>{formatDate(found.published)}</time> ·{" "}
          </>
        )}
        <bdi dir="auto">{found.source ?? found.key}</bdi> · <a href={`${page.root}/document/${encodeKey(id)}?format=html`}>{say("as_data")}</a>
      </p>
      <div class="columns">
        <section aria-labelledby="text">
          <h2 id="text">{say("text")}</h2>
          <label class="check">
            <input type="checkbox" checked={details} onChange={() => setDetails(!details)} />
            <span>{say("show_words")}</span>
          </label>
          {details && <Key marks={marks} aspects={aspects} />}
          <div class="text" lang="ar">
            {paragraphs(found.text ?? "").map((paragraph) => (
              <div key={paragraph.begin} class="paragraph">
                <p dir={directionOf(paragraph.text)} data-begin={paragraph.begin}>
                {cut(paragraph.text, wholes, paragraph.begin).map((piece) => {
                  const whole = piece.marks.at(-1);
                  const words = details ? (
                    <Evidence text={piece.text} from={piece.begin} marks={marks} aspects={aspects} />
                  ) : (
                    piece.text
                  );
                  if (!whole) return words;
                  const { report } = whole;
                  const type = String(report.values[WHOLE]?.[0] ?? "");
                  const anchor = piece.begin === first(whole) ? { id: report.key } : {};
                  return (
                    <span key={piece.begin} class={`marked ${kindClass(type)}`} {...anchor}>
                      {words}
                    </span>
                  );
                })}
                </p>
                <button
                  type="button"
                  class="quietly parse"
                  lang={page.language}
                  aria-expanded={parsed === paragraph.begin}
                  onClick={() => setParsed(parsed === paragraph.begin ? null : paragraph.begin)}
                >
                  {say("parse")}
                </button>
                {parsed === paragraph.begin && (
                  <SentenceTree document={id} at={paragraph.begin} until={paragraph.begin + Array.from(paragraph.text).length} />
                )}
              </div>
            ))}
          </div>
        </section>
        <section aria-labelledby="events">
          <h2 id="events">{say("events_in", { count: formatNumber(found.reports.length) })}</h2>
          {!found.reports.length && <p>{say("no_events_in")}</p>}
          <ul class="deeds">
            {found.reports.map((report) => (
              <li key={report.key} class={kindClass(String(report.values[WHOLE]?.[0] ?? ""))}>
                <span class="tags">
                  <TypeTag type={String(report.values[WHOLE]?.[0] ?? "")} />
                  {report.values.status?.map((status) => <StatusTag key={status} status={String(status)} />)}
                </span>
                <span>
                  <a href={`#${encodeURIComponent(report.key)}`} onClick={(event) => show(event, report.key)}>
                    {say("where")}
                  </a>
                  {report.event && (
                    <>
                      {" · "}
                      <a href={thingAddress(`event/${report.event}`)}>{say("the_event")}</a>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </article>
  );
}

function show(event: MouseEvent, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView({ block: "center" });
}
