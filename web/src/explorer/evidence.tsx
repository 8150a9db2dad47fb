/** A stretch of a document's text with the words that were read marked in it, each with what it was read as. */
import type { VNode } from "preact";
import { say } from "../shared/page";
import { cut } from "../shared/marks";
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

/** All aspects of the marks but that of the whole, in the order in which they are first met. */
export function aspectsOf(marks: EvidenceMark[]): string[] {
  return [...new Set(marks.flatMap((mark) => mark.aspects))].filter((aspect) => aspect !== WHOLE);
}

interface Props {
  text: string;
  /** Where the text begins in its document, in code points. */
  from: number;
  marks: EvidenceMark[];
  aspects: string[];
}

/** Nested and overlapping words are cut into pieces; what a piece was read as stands above the first of each mark. */
export function Evidence({ text, from, marks, aspects }: Props): VNode {
  const read = marks.filter((mark) => mark.aspects.some((aspect) => aspect !== WHOLE));
  return (
    <>
      {cut(text, read, from).map((piece) => {
        const mark = piece.marks.at(-1);
        if (!mark) return piece.text;
        const said = mark.aspects.filter((aspect) => aspect !== WHOLE);
        const starting = [...new Set(piece.starting.flatMap((one) => one.aspects))].filter((aspect) => aspect !== WHOLE);
        const title = [...new Set(piece.marks.flatMap((one) => [...one.aspects.filter((aspect) => aspect !== WHOLE).map(nameOf), ...one.rules]))];
        return (
          <mark
            key={piece.begin}
            class={colour(said[0]!, aspects)}
            data-begin={piece.begin}
            data-end={piece.begin + Array.from(piece.text).length}
            title={title.join(say("comma"))}
          >
            {starting.length ? (
              <ruby>
                {piece.text}
                <rt>{starting.map(nameOf).join(say("comma"))}</rt>
              </ruby>
            ) : (
              piece.text
            )}
          </mark>
        );
      })}
    </>
  );
}
