/** The dependency tree of a sentence: a drawing, and the same as a table. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatNumber } from "../shared/formats";
import { say } from "../shared/page";
import { encodeKey, useAnswer } from "./api";
import { Waiting } from "./pieces";
import type { Parse, Word } from "./types";

const ROW = 64;
const LETTER = 9;
const NARROWEST = 52;

export function SentenceTree({ document, at, until }: { document: string; at: number; until: number }): VNode {
  const [offset, setOffset] = useState(at);
  const loaded = useAnswer<Parse>(`parse/${encodeKey(document)}?at=${offset}`);
  const parse = loaded.value;
  if (!parse)
    return (
      <div class="tree-frame">
        <Waiting of={loaded} unknown="no_sentence" />
      </div>
    );
  if (parse.begin >= until)
    return (
      <div class="tree-frame">
        <p class="quiet">{say("no_sentence")}</p>
      </div>
    );
  return (
    <div class="tree-frame" data-begin={parse.begin} data-end={parse.end}>
      <div class="steps">
        <button type="button" class="quietly" disabled={parse.begin <= at} onClick={() => setOffset(Math.max(at, parse.begin - 2))}>
          {say("sentence_before")}
        </button>
        <button type="button" class="quietly" disabled={parse.end + 1 >= until} onClick={() => setOffset(parse.end + 1)}>
          {say("sentence_after")}
        </button>
      </div>
      <Drawing words={parse.words} />
      <Table words={parse.words} />
    </div>
  );
}

/** How far a word is below the root; the words of a malformed parse that lead nowhere are at the top. */
export function depths(words: Word[]): number[] {
  return words.map((word) => {
    let [depth, head] = [0, word.head];
    while (head > 0 && depth < words.length) [depth, head] = [depth + 1, words[head - 1]?.head ?? 0];
    return depth;
  });
}

function Drawing({ words }: { words: Word[] }): VNode {
  const depth = depths(words);
  const widths = words.map((word) => Math.max(NARROWEST, LETTER * Math.max(Array.from(word.form).length, word.deprel.length) + 12));
  const width = widths.reduce((one, other) => one + other, 0);
  const height = (Math.max(...depth) + 1) * ROW + 16;
  const rightToLeft = words.some((word) => /[\u0590-\u08ff]/.test(word.form));
  let reached = 0;
  const centres = widths.map((wide) => {
    const centre = reached + wide / 2;
    reached += wide;
    return rightToLeft ? width - centre : centre;
  });
  const y = (place: number) => depth[place]! * ROW + 28;
  return (
    <div class="scroll" role="region" aria-label={say("tree")} tabIndex={0} dir={rightToLeft ? "rtl" : "ltr"}>
      <svg class="tree" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={say("tree_drawing")}>
        {words.map((word, place) => {
          if (!word.head) return null;
          const above = word.head - 1;
          const middle = (y(place) + y(above)) / 2;
          return (
            <path
              key={word.id}
              d={`M${centres[above]},${y(above) + 18}C${centres[above]},${middle} ${centres[place]},${middle} ${centres[place]},${y(place) - 26}`}
            />
          );
        })}
        {words.map((word, place) => (
          <g key={word.id}>
            <title>{`${word.lemma} · ${word.upos} · ${word.deprel}`}</title>
            <text class="form" x={centres[place]} y={y(place)} text-anchor="middle">
              {word.form}
            </text>
            <text class="relation" x={centres[place]} y={y(place) + 14} text-anchor="middle" direction="ltr">
              {word.deprel}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function Table({ words }: { words: Word[] }): VNode {
  return (
    <details>
      <summary>{say("as_table")}</summary>
      <div class="scroll" role="region" aria-label={say("as_table")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {["number", "form", "lemma", "upos", "head", "deprel"].map((name) => (
                <th key={name} scope="col">
                  {say(`word_${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {words.map((word) => (
              <tr key={word.id}>
                <td class="amount">{formatNumber(word.id)}</td>
                <th scope="row" lang="ar">
                  <bdi dir="auto">{word.form}</bdi>
                </th>
                <td lang="ar">
                  <bdi dir="auto">{word.lemma}</bdi>
                </td>
                <td dir="ltr">{word.upos}</td>
                <td class="amount">{formatNumber(word.head)}</td>
                <td dir="ltr">{word.deprel}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
