/**
 * Stretches of a text marked at exact characters. Offsets are code points, as Python counts them; a JavaScript string
 * counts UTF-16 units, of which characters beyond the first plane have two. So texts are cut by code points here.
 */

export interface Mark {
  /** Code points from 0, the end exclusive. */
  begin: number;
  end: number;
}

export interface Piece<M extends Mark> {
  text: string;
  begin: number;
  /** The marks that cover the piece; those that begin with it are in `starting` as well. */
  marks: M[];
  starting: M[];
}

/** A text that begins at a code point, cut wherever a mark begins or ends. Marks outside of it are left out. */
export function cut<M extends Mark>(text: string, marks: readonly M[], from = 0): Piece<M>[] {
  const points = Array.from(text);
  const until = from + points.length;
  const inside = marks.filter((mark) => mark.begin < until && mark.end > from && mark.begin < mark.end);
  const edges = new Set([from, until]);
  for (const mark of inside) {
    edges.add(Math.max(mark.begin, from));
    edges.add(Math.min(mark.end, until));
  }
  const order = [...edges].sort((one, other) => one - other);
  return order.slice(0, -1).map((begin, place) => ({
    text: points.slice(begin - from, order[place + 1]! - from).join(""),
    begin,
    marks: inside.filter((mark) => mark.begin <= begin && mark.end > begin),
    starting: inside.filter((mark) => Math.max(mark.begin, from) === begin),
  }));
}

/** The direction of a text by most of its letters: a quote, an emoji or a name in front does not turn an Arabic text. */
export function directionOf(text: string): "rtl" | "ltr" {
  const rightToLeft = text.match(/[\p{Script=Arabic}\p{Script=Hebrew}]/gu)?.length ?? 0;
  return rightToLeft * 2 >= (text.match(/\p{L}/gu)?.length ?? 1) ? "rtl" : "ltr";
}

/** The part of a text between two code points. */
export function slice(text: string, begin: number, end: number): string {
  return Array.from(text).slice(begin, end).join("");
}
