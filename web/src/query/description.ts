/** What the endpoint says of itself: prefixes, classes and properties, with what they are called and how often they
 * occur. It is read from its VoID description, its ontology and the prefixes of its questions, as anybody could. */

import { page } from "../shared/page";
import { request } from "./endpoint";
import { parseTriples, RDF, RDFS, type Prefixes, type Triple } from "./terms";

export interface Known {
  iri: string;
  kind: "class" | "property" | "individual";
  /** By language. */
  labels: Readonly<Record<string, string>>;
  /** How many things are of the class, or triples have the property; 0 where nothing is known. */
  count: number;
}
export interface Description {
  prefixes: Prefixes;
  terms: readonly Known[];
}

const VOID = "http://rdfs.org/ns/void#";
const SHACL = "http://www.w3.org/ns/shacl#";
const OWL = "http://www.w3.org/2002/07/owl#";
const KINDS: Readonly<Record<string, Known["kind"]>> = {
  [`${OWL}Class`]: "class",
  [`${OWL}ObjectProperty`]: "property",
  [`${OWL}DatatypeProperty`]: "property",
  [`${OWL}AnnotationProperty`]: "property",
  [`${OWL}NamedIndividual`]: "individual",
};
const SOURCES = ["/.well-known/void", "/ontology", "/queries"] as const;

/** The description, as far as it can be had: what does not come leaves fewer proposals, and no error. */
export async function describeEndpoint(): Promise<Description> {
  const parts = await Promise.all(
    SOURCES.map((path) =>
      request(`${page.root}${path}`, { headers: { Accept: "application/n-triples" } })
        .then((response) => response.text())
        .then(parseTriples, () => []),
    ),
  );
  const [counts, ontology, questions] = parts as [Triple[], Triple[], Triple[]];
  return { prefixes: readPrefixes(questions), terms: readTerms(counts, ontology) };
}

/** What terms are called in a language. */
export function labelsOf(description: Description, language: string): Record<string, string> {
  const labelled = description.terms.filter((term) => term.labels[language] !== undefined);
  return Object.fromEntries(labelled.map((term) => [term.iri, term.labels[language]!]));
}

/** The prefixes that sh:declare declares. */
export function readPrefixes(triples: readonly Triple[]): Prefixes {
  const names = valuesOf(triples, `${SHACL}prefix`);
  const spaces = valuesOf(triples, `${SHACL}namespace`);
  return Object.fromEntries([...names].map(([declared, name]) => [name, spaces.get(declared) ?? ""]));
}

/** Classes and properties: those of the ontology, and then others that occur; of each the most frequent first. */
export function readTerms(counts: readonly Triple[], ontology: readonly Triple[]): Known[] {
  const found = new Map<string, Known>();
  for (const [subject, predicate, object] of ontology) {
    const kind = predicate.value === `${RDF}type` ? KINDS[object.value] : undefined;
    if (kind && subject.type === "uri") found.set(subject.value, { iri: subject.value, kind, labels: {}, count: 0 });
  }
  for (const [subject, predicate, object] of ontology) {
    const known = found.get(subject.value);
    if (known && predicate.value === `${RDFS}label` && object.type === "literal") {
      found.set(known.iri, { ...known, labels: { ...known.labels, [object["xml:lang"] ?? ""]: object.value } });
    }
  }
  addCounts(found, counts, "class", "entities");
  addCounts(found, counts, "property", "triples");
  const foreign = (term: Known): number => Number(Object.keys(term.labels).length === 0);
  return [...found.values()].sort(
    (one, other) => foreign(one) - foreign(other) || other.count - one.count || (one.iri < other.iri ? -1 : 1),
  );
}

/** Partitions of the whole and of its parts name the same classes; the largest number is that of the whole. */
function addCounts(found: Map<string, Known>, triples: readonly Triple[], kind: "class" | "property", of: string): void {
  const amounts = valuesOf(triples, VOID + of);
  for (const [partition, iri] of valuesOf(triples, VOID + kind)) {
    const known = found.get(iri) ?? { iri, kind, labels: {}, count: 0 };
    found.set(iri, { ...known, count: Math.max(known.count, Number(amounts.get(partition) ?? 0)) });
  }
}

function valuesOf(triples: readonly Triple[], predicate: string): Map<string, string> {
  return new Map(triples.filter((triple) => triple[1].value === predicate).map(([s, , o]) => [s.value, o.value]));
}
