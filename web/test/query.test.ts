import { expect, test, vi } from "vitest";

vi.mock("../src/shared/page", () => ({
  page: { root: "", base: "https://w3id.org/diplograph/", language: "ar", words: {} },
  say: (key: string) => key,
}));

const { readView, writeView } = await import("../src/query/address");
const { labelColumns, ordered, readAnswer, sortOf } = await import("../src/query/answers");
const { matching } = await import("../src/query/completion");
const { readPrefixes, readTerms } = await import("../src/query/description");
const { failureOf } = await import("../src/query/endpoint");
const { fromRows, MOST_NODES } = await import("../src/query/network");
const { addressOf, wordsOf } = await import("../src/query/shown");
const { numberOf, parseTriples, shorten, timeOf, XSD } = await import("../src/query/terms");
const { pointsOf } = await import("../src/query/views/chart");

const SHOWING = { prefixes: { dip: "https://w3id.org/diplograph/ontology#" }, labels: {} };
const iri = (value: string) => ({ type: "uri", value }) as const;
const words = (value: string, language?: string) =>
  language ? ({ type: "literal", value, "xml:lang": language } as const) : ({ type: "literal", value } as const);
const typed = (value: string, datatype: string) => ({ type: "literal", value, datatype: XSD + datatype }) as const;

test("N-Triples with escapes, languages and blank nodes", () => {
  const text = String.raw`<x:\u0061> <x:p> "a\"b\\\n\U0001D538"@ar-EG .
# a comment
_:b <x:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<x:s> <x:p> <<( <x:s> <x:p> <x:o> )>> .`;
  expect(parseTriples(text)).toEqual([
    [iri("x:a"), iri("x:p"), words('a"b\\\n𝔸', "ar-EG")],
    [{ type: "bnode", value: "b" }, iri("x:p"), typed("1", "integer")],
  ]);
});

test("an IRI is shortened by the longest namespace, if what is left is a name", () => {
  const prefixes = { a: "x:/", b: "x:/b/" };
  expect(shorten("x:/b/name", prefixes)).toBe("b:name");
  expect(shorten("x:/b/قمة", prefixes)).toBe("b:قمة");
  expect(shorten("x:/b/c/d", prefixes)).toBe("x:/b/c/d");
});

test("times are as long as they are imprecise", () => {
  const [year, month, day] = [timeOf(typed("2021", "gYear"))!, timeOf(words("2021-12"))!, timeOf(typed("2021-12-30", "date"))!];
  expect(year.begin).toBe(Date.UTC(2021, 0, 1));
  expect(month.end - month.begin).toBe(31 * 86_400_000);
  expect(day.begin).toBe(Date.UTC(2021, 11, 30));
  expect(timeOf(typed("2021-12-30T10:00:00", "dateTime"))!.begin).toBe(Date.UTC(2021, 11, 30, 10));
  for (const none of [words("2021"), words("2021-12", "en"), typed("2021", "integer"), iri("2021-12")]) {
    expect(timeOf(none)).toBeNull();
  }
});

test("numbers are numbers by datatype, or by their looks where they have none", () => {
  expect(numberOf(typed("-0.5", "decimal"))).toBe(-0.5);
  expect(numberOf(words("7"))).toBe(7);
  for (const none of [words("7", "en"), typed("7", "string"), words("7th"), typed("2021", "gYear")]) {
    expect(numberOf(none)).toBeNull();
  }
});

const EVENTS = [
  { event: iri("x:1"), actor: iri("x:a"), label_en: words("a", "en") },
  { event: iri("x:1"), actor: iri("x:b"), label_en: words("b", "en") },
  { event: iri("x:2"), actor: iri("x:a"), label_en: words("a", "en") },
];

test("labels are those of the things that they tell apart", () => {
  const columns = ["event", "actor", "label_en"];
  expect([...labelColumns(columns, EVENTS, ["ar", "en"])]).toEqual([["actor", "label_en"]]);
  const named = [{ actor: iri("x:a"), actor_ar: words("أ", "ar"), actor_en: words("a", "en") }];
  expect([...labelColumns(["actor", "actor_en", "actor_ar"], named, ["ar", "en"])]).toEqual([["actor", "actor_ar"]]);
});

test("rows are ordered by what their values are, and those without come last", () => {
  const rows = [{ n: typed("10", "integer") }, {}, { n: typed("9", "integer") }];
  const table = { columns: ["n"], rows, labels: new Map() };
  expect(sortOf(table, "n")).toBe("number");
  expect(ordered(table, "n", false, "en").map((row) => row["n"]?.value)).toEqual(["9", "10", undefined]);
  expect(ordered(table, "n", true, "en").map((row) => row["n"]?.value)).toEqual(["10", "9", undefined]);
});

test("answers are rows, yes or no, or triples", () => {
  const truth = readAnswer("application/sparql-results+json", '{"head":{},"boolean":false}', ["en"]);
  expect(truth).toEqual({ kind: "truth", value: false });
  const graph = readAnswer("application/n-triples", "<x:s> <x:p> <x:o> .\n", ["en"]);
  expect(graph).toMatchObject({ kind: "graph", columns: ["subject", "predicate", "object"] });
});

test("a chart adds up what has one name", () => {
  const rows = [["a", "1"], ["b", "5"], ["a", "2.5"]].map(([k, n]) => ({ k: words(k!), n: typed(n!, "decimal") }));
  const table = { columns: ["k", "n"], rows, labels: new Map() };
  expect(pointsOf(table, "k", "n", "word", SHOWING).map((point) => [point.label, point.value])).toEqual([["a", 3.5], ["b", 5]]);
  expect(pointsOf(table, "k", "", "word", SHOWING).map((point) => point.value)).toEqual([2, 1]);
});

test("a graph has so many nodes at most, and no edge to what is left out", () => {
  const rows = Array.from({ length: 300 }, (_, place) => ({ a: iri(`x:${place}`), b: iri(`x:${place + 1}`) }));
  const network = fromRows({ columns: ["a", "b"], rows, labels: new Map() }, "a", "b", "", SHOWING);
  expect(network.nodes.length).toBe(MOST_NODES);
  expect(network.total).toBe(301);
  expect(network.edges.every((edge) => network.nodes.includes(edge.source) && network.nodes.includes(edge.target))).toBe(true);
});

test("a view survives its address", () => {
  const view = {
    query: 'SELECT * { ?s ?p "a&b=#+ أ𝔸" }\n',
    view: "chart",
    settings: { kind: "line" },
    question: "events",
    values: { class: "Summit" },
  } as const;
  expect(readView(`#${writeView(view)}`)).toEqual(view);
  expect(readView("#query=ASK%20%7B%7D")).toMatchObject({ query: "ASK {}", view: "table", settings: {} });
  expect(readView("#view=nonsense&query=x")).toMatchObject({ view: "table" });
  expect(readView("")).toBeNull();
});

test("terms are found by prefixed name, local name and label, those of the ontology first", () => {
  const ontology = parseTriples(`<x:/Call> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> .
<x:/Call> <http://www.w3.org/2000/01/rdf-schema#label> "مكالمة"@ar .`);
  const counts = parseTriples(`_:a <http://rdfs.org/ns/void#class> <y:/Called> .
_:a <http://rdfs.org/ns/void#entities> "9" .`);
  const terms = readTerms(counts, ontology);
  expect(terms.map((term) => term.iri)).toEqual(["x:/Call", "y:/Called"]);
  const find = (typed: string) => matching(terms, "class", typed, { p: "x:/" }).map((term) => term.iri);
  expect(find("p:ca")).toEqual(["x:/Call"]);
  expect(find("call")).toEqual(["x:/Call", "y:/Called"]);
  expect(find("مكا")).toEqual(["x:/Call"]);
  expect(find("<y:/")).toEqual(["y:/Called"]);
});

test("prefixes are those that are declared", () => {
  const triples = parseTriples(`<x:q> <http://www.w3.org/ns/shacl#prefix> "dip" .
<x:q> <http://www.w3.org/ns/shacl#namespace> "x:/" .`);
  expect(readPrefixes(triples)).toEqual({ dip: "x:/" });
});

test("what a refusal means", () => {
  const reason = (status: number, body: object) => failureOf(status, JSON.stringify(body)).reason;
  expect(reason(400, { line: 1, column: 2 })).toBe("malformed");
  expect(reason(400, {})).toBe("refused");
  expect(reason(503, { limit_seconds: 1 })).toBe("time");
  expect(reason(503, { message: "it needs more memory" })).toBe("memory");
  expect(reason(503, {})).toBe("busy");
  expect(failureOf(413, '{"limit_bytes":1048576}')).toMatchObject({ reason: "large", limit: 1 });
  expect(failureOf(502, "<html>a proxy's page</html>")).toMatchObject({ reason: "behind", said: "" });
});

test("things of the store are looked at here, others where they are, and scripts nowhere", () => {
  expect(addressOf(iri("https://w3id.org/diplograph/actor/Q1"))).toBe("/actor/Q1");
  expect(addressOf(iri("http://example.org/x"))).toBe("http://example.org/x");
  expect(addressOf(iri("javascript:alert(1)"))).toBeNull();
  expect(wordsOf(iri("https://w3id.org/diplograph/event/%D9%82"), SHOWING)).toBe("event/ق");
  expect(wordsOf(iri("https://w3id.org/diplograph/ontology#Call"), SHOWING)).toBe("dip:Call");
});
