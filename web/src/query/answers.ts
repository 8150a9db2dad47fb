/** Answers of the endpoint, and what their columns are good for. */

import { numberOf, parseTriples, timeOf, type Term, type Triple } from "./terms";

export type Row = Readonly<Record<string, Term>>;
export interface Table {
  columns: readonly string[];
  rows: readonly Row[];
  /** For a column of things, the column that says what they are called. */
  labels: ReadonlyMap<string, string>;
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

/** An answer read from its text; the media type says in which of the two formats that we ask for it is.
 *
 * ``languages`` are those in which things are called, the best first.
 */
export function readAnswer(mediaType: string, text: string, languages: readonly string[]): Answer {
  if (mediaType.includes("n-triples")) {
    const triples = parseTriples(text);
    const rows = triples.map(([subject, predicate, object]) => ({ subject, predicate, object }));
    return { kind: "graph", triples, columns: TRIPLE, rows, labels: new Map() };
  }
  const read = JSON.parse(text) as ResultsJson;
  if (typeof read.boolean === "boolean") return { kind: "truth", value: read.boolean };
  const rows = (read.results?.bindings ?? []).map((binding) =>
    Object.fromEntries(Object.entries(binding).map(([name, term]) => [name, plain(term)])),
  );
  const columns = read.head.vars ?? [];
  return { kind: "rows", columns, rows, labels: labelColumns(columns, rows, languages) };
}

/** Which column says what the things of another are called: by its name (actor, actor_en), or, where columns are called
 * label_en or label_ar, by what is in them: a thing has one label, and things have different ones. */
export function labelColumns(columns: readonly string[], rows: readonly Row[], languages: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const named = (name: string): string | undefined => columns.includes(name) ? name : undefined;
  const things = columns.filter((column) => rows.some((row) => row[column]?.type === "uri"));
  for (const thing of things) {
    const names = languages.flatMap((language) => [`${thing}_${language}`, `${thing}_label_${language}`]);
    const label = [...names, `${thing}_label`].find(named);
    if (label !== undefined) found.set(thing, label);
  }
  const label = [...languages.map((language) => `label_${language}`), "label"].find(named);
  if (label === undefined) return found;
  const shares = things.map((thing) => [thing, found.has(thing) ? 0 : share(rows, thing, label)] as const);
  const best = Math.max(...shares.map(([, amount]) => amount), 0);
  const owner = shares.find(([, amount]) => amount === best && amount > 0);
  if (owner !== undefined) found.set(owner[0], label);
  return found;
}

/** How many labels there are for each thing, if none has two; else 0. */
function share(rows: readonly Row[], thing: string, label: string): number {
  const known = new Map<string, string>();
  for (const row of rows) {
    const [key, words] = [row[thing]?.value, row[label]?.value];
    if (key === undefined || words === undefined) continue;
    if ((known.get(key) ?? words) !== words) return 0;
    known.set(key, words);
  }
  return known.size === 0 ? 0 : new Set(known.values()).size / known.size;
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

export function sortOf(table: Pick<Table, "rows">, column: string): Sort {
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
