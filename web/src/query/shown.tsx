/** How a term is shown: its words, where it leads, its language and direction. */

import { page } from "../shared/page";
import type { Row, Table } from "./answers";
import { readable, shorten, type Prefixes, type Term } from "./terms";

const LONG = 60;

export interface Showing {
  prefixes: Prefixes;
  /** What terms of the ontology are called in the page's language, by their IRIs. */
  labels: Readonly<Record<string, string>>;
}

/** The words of a term: an IRI of the store without its beginning, another with its prefix. */
export function wordsOf(term: Term, { prefixes }: Showing): string {
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "literal") return term.value;
  if (term.value.startsWith(page.base) && !term.value.includes("#")) return readable(term.value.slice(page.base.length));
  return readable(shorten(term.value, prefixes));
}

/** Where an IRI can be looked at: on this server when it is ours, else at its own address; null where nowhere. */
export function addressOf(term: Term): string | null {
  if (term.type !== "uri") return null;
  if (term.value.startsWith(page.base)) return `${page.root}/${term.value.slice(page.base.length)}`;
  return /^https?:/.test(term.value) ? term.value : null;
}

const RIGHT_TO_LEFT = /^(ar|fa|he|ur)(-|$)/;

/** The direction of a term, as the server's other pages have it: by its language, else by whether Arabic is in it. */
export function directionOf(term: Term): "ltr" | "rtl" | "auto" {
  if (term.type !== "literal") return "ltr";
  const language = term["xml:lang"];
  if (language !== undefined) return RIGHT_TO_LEFT.test(language) ? "rtl" : "ltr";
  return /\p{Script=Arabic}/u.test(term.value) ? "rtl" : "auto";
}

interface ShownProps {
  term: Term | undefined;
  showing: Showing;
  /** What the words lead to, if that is not the term itself. */
  to?: Term | undefined;
}

/** A term, isolated from what is around it. */
export function Shown({ term, showing, to }: ShownProps) {
  if (term === undefined) return null;
  const words = wordsOf(term, showing);
  const address = addressOf(to ?? term);
  const language = term.type === "literal" ? term["xml:lang"] : undefined;
  const shown = (
    <bdi dir={directionOf(term)} lang={language} class={words.length > LONG ? "long" : undefined}>
      {words}
    </bdi>
  );
  if (address === null) return shown;
  const elsewhere = address === (to ?? term).value && !address.startsWith(location.origin);
  return (
    <a href={address} rel={elsewhere ? "external noreferrer" : undefined}>
      {shown}
    </a>
  );
}

/** The words of a row's column, or of the column that labels it where that is filled. */
export function labelOf(table: Table, row: Row, column: string, showing: Showing): string {
  const term = row[table.labels.get(column) ?? column] ?? row[column];
  return term === undefined ? "" : wordsOf(term, showing);
}
