/** A stretch of a document's text with the words that were read marked in it, and a key that says what each was read as. */
import type { VNode } from "preact";
import { cut } from "../shared/marks";
import { say } from "../shared/page";
import { termLabel } from "./terms";
import type { EvidenceMark } from "./types";

const COLOURS = 8;

/** What the quote of a whole event is marked as. */
export const WHOLE = "eventClass";

function nameOf(aspect: string): string {
  return aspect === "trigger" ? say("trigger") : termLabel(aspect);
}

/** The style class of an aspect: its place among those that are shown. */
function colour(aspect: string, aspects: string[]): string {
  return `a${Math.max(0, aspects.indexOf(aspect)) % COLOURS}`;
}

function readAs(mark: EvidenceMark): string[] {
  return mark.aspects.filter((aspect) => aspect !== WHOLE);
}

/** All aspects of the marks but that of the whole, in the order in which they are first met. */
export function aspectsOf(marks: EvidenceMark[]): string[] {
  return [...new Set(marks.flatMap(readAs))];
}

interface Props {
  text: string;
  /** Where the text begins in its document, in code points. */
  from: number;
  marks: EvidenceMark[];
  aspects: string[];
}

/**
 * Nested and overlapping words are cut into pieces, each in the colour of the narrowest mark. Nothing but <mark> stands
 * in the text, not even out of its flow: anything else would part letters that join.
 */
export function Evidence({ text, from, marks, aspects }: Props): VNode {
  const read = marks.filter((mark) => readAs(mark).length);
  return (
    <>
      {cut(text, read, from).map((piece) => {
        const [mark] = piece.marks.toSorted((one, other) => one.end - one.begin - (other.end - other.begin));
        if (!mark) return piece.text;
        const said = [...new Set(piece.marks.flatMap((one) => [...readAs(one).map(nameOf), ...one.rules]))];
        return (
          <mark
            key={piece.begin}
            class={colour(readAs(mark)[0]!, aspects)}
            data-begin={piece.begin}
            data-end={piece.begin + Array.from(piece.text).length}
            title={said.join(say("comma"))}
          >
            {piece.text}
          </mark>
        );
      })}
    </>
  );
}

/** What the colours mean; with `words`, and which words were read so. */
export function Key({ marks, aspects, words = false }: { marks: EvidenceMark[]; aspects: string[]; words?: boolean }): VNode | null {
  if (!aspects.length) return null;
  return (
    <dl class="evidence-key" aria-label={say("key")}>
      {aspects.map((aspect) => (
        <div key={aspect}>
          <dt>
            <i class={colour(aspect, aspects)} aria-hidden="true" />
            {nameOf(aspect)}
          </dt>
          {words && (
            <dd lang="ar">
              {marks
                .filter((mark) => mark.aspects.includes(aspect))
                .map((mark, place) => (
                  <span key={mark.begin}>
                    {place > 0 && say("comma")}
                    <bdi dir="auto">{mark.quote}</bdi>
                  </span>
                ))}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
