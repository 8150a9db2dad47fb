/** Answers of the endpoint, and what their columns are good for. */

import { keyOf, numberOf, parseTriples, timeOf, type Term, type Triple } from "./terms";

export type Row = Readonly<Record<string, Term>>;
export interface Table {
  columns: readonly string[];
  rows: readonly Row[];
}
export type Answer =
  | ({ kind: "rows" } & Table)
  | { kind: "truth"; value: boolean }
  | ({ kind: "graph"; triples: readonly Triple[] } & Table);

interface ResultsJson {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, Term | { type: "typed-literal" | "triple"; value: unknown }>[] };
}

export const TRIPLE = ["subject", "predicate", "object"] as const;

/** An answer read from its text; the media type says in which of the two formats that we ask for it is. */
export function readAnswer(mediaType: string, text: string): Answer {
  if (mediaType.includes("n-triples")) {
    const triples = parseTriples(text);
    const rows = triples.map(([subject, predicate, object]) => ({ subject, predicate, object }));
    return { kind: "graph", triples, columns: TRIPLE, rows };
  }
  const read = JSON.parse(text) as ResultsJson;
  if (typeof read.boolean === "boolean") return { kind: "truth", value: read.boolean };
  const rows = (read.results?.bindings ?? []).map((binding) =>
    Object.fromEntries(Object.entries(binding).map(([name, term]) => [name, plain(term)])),
  );
  return { kind: "rows", columns: read.head.vars ?? [], rows };
}

/** Terms of three kinds only: a quoted triple is shown as its text. */
function plain(term: Term | { type: string; value: unknown }): Term {
  if (term.type === "uri" || term.type === "bnode" || term.type === "literal") return term as Term;
  if (term.type === "typed-literal") return { ...(term as unknown as Term), type: "literal" } as Term;
  return { type: "literal", value: JSON.stringify(term.value) };
}

/** What is in a column, by its first thousand values: all numbers, all times, all things, or words. */
export type Sort = "number" | "time" | "thing" | "word" | "nothing";
const LOOKED_AT = 1000;

export function sortOf(table: Table, column: string): Sort {
  const values = table.rows.slice(0, LOOKED_AT).flatMap((row) => row[column] ?? []);
  if (values.length === 0) return "nothing";
  if (values.every((term) => numberOf(term) !== null)) return "number";
  if (values.every((term) => timeOf(term) !== null)) return "time";
  if (values.every((term) => term.type !== "literal")) return "thing";
  return "word";
}

/** The columns of a table with what is in each. */
export function sortsOf(table: Table): Map<string, Sort> {
  return new Map(table.columns.map((column) => [column, sortOf(table, column)]));
}

/** Of columns that say the same in two languages (label_en, label_ar) that of the page; else the first. */
export function inLanguage(columns: readonly string[], language: string): string | undefined {
  return columns.find((column) => column.endsWith(`_${language}`)) ?? columns[0];
}

/** The rows in the order of a column: numbers and times by what they are, all else as words. Rows without come last. */
export function ordered(table: Table, column: string, descending: boolean, language: string): readonly Row[] {
  const sort = sortOf(table, column);
  const words = new Intl.Collator(language, { numeric: true });
  const value = (row: Row): number | string | null => {
    const term = row[column];
    if (term === undefined) return null;
    if (sort === "number") return numberOf(term);
    return sort === "time" ? (timeOf(term)?.begin ?? null) : term.value;
  };
  const sign = descending ? -1 : 1;
  return [...table.rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b)));
  });
}

/** Rows that say the same in some columns, once each. */
export function distinct(rows: readonly Row[], columns: readonly string[]): Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const key = columns.map((column) => (row[column] ? keyOf(row[column]) : "")).join("\n");
    if (!seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}
