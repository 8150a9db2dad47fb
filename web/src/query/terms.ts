/** RDF terms as SPARQL's JSON writes them, triples as N-Triples writes them, and how a term is written for people. */

export interface Iri {
  type: "uri";
  value: string;
}
export interface Blank {
  type: "bnode";
  value: string;
}
export interface Literal {
  type: "literal";
  value: string;
  "xml:lang"?: string;
  datatype?: string;
}
export type Term = Iri | Blank | Literal;
export type Triple = readonly [Term, Term, Term];
export type Prefixes = Readonly<Record<string, string>>;

export const XSD = "http://www.w3.org/2001/XMLSchema#";
export const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
export const RDFS = "http://www.w3.org/2000/01/rdf-schema#";

const NODE = String.raw`<([^<>"{}|^\x60\s]*)>|_:(\S+)`;
const LITERAL = String.raw`"((?:[^"\\\n\r]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?`;
const LINE = new RegExp(String.raw`^(?:${NODE})\s+<([^>]*)>\s+(?:${NODE}|${LITERAL})\s*\.\s*$`, "u");
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g;
const PLAIN: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

/** The triples of a text in N-Triples. A line that is none is left out: comments, and what RDF 1.2 adds. */
export function parseTriples(text: string): Triple[] {
  const found: Triple[] = [];
  for (const line of text.split("\n")) {
    const parts = LINE.exec(line);
    if (parts === null) continue;
    const [, subject, blank, predicate, object, blankObject, literal, language, datatype] = parts;
    found.push([
      node(subject, blank),
      { type: "uri", value: unescape(predicate!) },
      literal === undefined ? node(object, blankObject) : literalOf(literal, language, datatype),
    ]);
  }
  return found;
}

function node(iri: string | undefined, blank: string | undefined): Iri | Blank {
  return iri === undefined ? { type: "bnode", value: blank! } : { type: "uri", value: unescape(iri) };
}

function literalOf(text: string, language?: string, datatype?: string): Literal {
  const value = unescape(text);
  if (language) return { type: "literal", value, "xml:lang": language };
  return datatype ? { type: "literal", value, datatype } : { type: "literal", value };
}

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(ESCAPE, (_, short?: string, long?: string, letter?: string) =>
    letter === undefined ? String.fromCodePoint(parseInt((short ?? long)!, 16)) : (PLAIN[letter] ?? letter),
  );
}

/** What a term is as a key: two terms have the same one only if they are the same. */
export function keyOf(term: Term): string {
  if (term.type !== "literal") return `${term.type} ${term.value}`;
  return `literal ${term["xml:lang"] ?? ""} ${term.datatype ?? ""} ${term.value}`;
}

/** An IRI with a prefix, if one of them fits, and else as it is. The longest namespace counts. */
export function shorten(iri: string, prefixes: Prefixes): string {
  let best = "";
  let name = "";
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (namespace.length > best.length && iri.startsWith(namespace)) [best, name] = [namespace, prefix];
  }
  const local = iri.slice(best.length);
  return best && /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(local) ? `${name}:${local}` : iri;
}

/** An IRI in readable letters where it is percent-encoded UTF-8. */
export function readable(iri: string): string {
  try {
    return decodeURI(iri);
  } catch {
    return iri;
  }
}

/** The number that a literal is, or null. */
export function numberOf(term: Term | undefined): number | null {
  if (term?.type !== "literal" || term["xml:lang"] || !/^\s*[-+]?(\d|\.\d)/.test(term.value)) return null;
  if (term.datatype !== undefined && !NUMERIC.has(term.datatype)) return null;
  const found = Number(term.value);
  return Number.isFinite(found) ? found : null;
}

const NUMERIC = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger",
    "positiveInteger", "unsignedInt", "unsignedLong"].map((name) => XSD + name),
);

/** A date as precise as it was said. ``begin`` and ``end`` are in milliseconds since 1970, ``end`` is exclusive. */
export interface When {
  begin: number;
  end: number;
  text: string;
}

const DATE = /^(-?\d{4,})(?:-(\d\d)(?:-(\d\d)(?:T([0-9:.]+(?:Z|[+-]\d\d:\d\d)?)|Z|[+-]\d\d:\d\d)?)?)?$/;
const DATES = new Set(["date", "gYear", "gYearMonth", "dateTime", "dateTimeStamp"].map((name) => XSD + name));

/** The time that a literal names: a year, a month, a day or a moment; null where it names none. */
export function timeOf(term: Term | undefined): When | null {
  if (term?.type !== "literal" || term["xml:lang"]) return null;
  const typed = term.datatype !== undefined && DATES.has(term.datatype);
  if (!typed && (term.datatype ?? XSD + "string") !== XSD + "string") return null;
  const parts = DATE.exec(term.value);
  if (parts === null || (!typed && parts[2] === undefined)) return null;
  const [text, year, month, day, clock] = parts;
  if (clock !== undefined) {
    const moment = Date.parse(/Z|[+-]\d\d:\d\d$/.test(clock) ? text : `${text}Z`);
    return Number.isNaN(moment) ? null : { begin: moment, end: moment + 1, text };
  }
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const begin = moment(y, m, d);
  const end = day ? moment(y, m, d + 1) : month ? moment(y, m + 1, 1) : moment(y + 1, 0, 1);
  return { begin, end, text };
}

function moment(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}
