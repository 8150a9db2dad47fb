/** What is drawn as a graph: nodes and edges from the triples of an answer, or from two columns of it. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from "d3-force";
import type { Answer, Table } from "./answers";
import { labelOf, wordsOf, type Showing } from "./shown";
import { keyOf, RDFS, type Term } from "./terms";

export interface Node extends SimulationNodeDatum {
  key: string;
  label: string;
  term: Term;
  x: number;
  y: number;
  edges: number;
}
export interface Edge {
  source: Node;
  target: Node;
  label: string;
  /** How many rows or triples it stands for. */
  weight: number;
}
export interface Network {
  nodes: Node[];
  edges: Edge[];
  /** How many nodes there would be. */
  total: number;
}

export const MOST_NODES = 200;
const STEPS = 250;

/** Triples between things; labels are those of the page's language. */
export function fromTriples(answer: Answer & { kind: "graph" }, language: string, showing: Showing): Network {
  const labels = new Map<string, string>();
  for (const [subject, predicate, object] of answer.triples) {
    if (predicate.value !== `${RDFS}label` || object.type !== "literal") continue;
    if (object["xml:lang"] === language || !labels.has(keyOf(subject))) labels.set(keyOf(subject), object.value);
  }
  const network = new Builder();
  const label = (term: Term): string => labels.get(keyOf(term)) ?? showing.labels[term.value] ?? wordsOf(term, showing);
  for (const [subject, predicate, object] of answer.triples) {
    if (object.type === "literal") continue;
    network.connect(subject, label(subject), object, label(object), showing.labels[predicate.value] ?? wordsOf(predicate, showing));
  }
  return network.built();
}

/** An edge for each row, from what one column says to what another does. */
export function fromRows(table: Table, from: string, to: string, edge: string, showing: Showing): Network {
  const network = new Builder();
  for (const row of table.rows) {
    const [source, target] = [row[from], row[to]];
    if (source === undefined || target === undefined) continue;
    const words = edge ? labelOf(table, row, edge, showing) : "";
    network.connect(source, labelOf(table, row, from, showing), target, labelOf(table, row, to, showing), words);
  }
  return network.built();
}

class Builder {
  private readonly nodes = new Map<string, Node>();
  private readonly edges = new Map<string, Edge>();
  private readonly left = new Set<string>();

  connect(from: Term, fromLabel: string, to: Term, toLabel: string, label: string): void {
    const [source, target] = [this.node(from, fromLabel), this.node(to, toLabel)];
    if (source === null || target === null) return;
    const key = `${source.key}\n${target.key}\n${label}`;
    const edge = this.edges.get(key);
    if (edge) {
      edge.weight += 1;
      return;
    }
    source.edges += 1;
    target.edges += 1;
    this.edges.set(key, { source, target, label, weight: 1 });
  }

  private node(term: Term, label: string): Node | null {
    const key = keyOf(term);
    const known = this.nodes.get(key);
    if (known) return known;
    if (this.nodes.size >= MOST_NODES) {
      this.left.add(key);
      return null;
    }
    const found: Node = { key, label, term, x: 0, y: 0, edges: 0 };
    this.nodes.set(key, found);
    return found;
  }

  built(): Network {
    const nodes = [...this.nodes.values()].filter((node) => node.edges > 0);
    return { nodes, edges: [...this.edges.values()], total: nodes.length + this.left.size };
  }
}

/** Gives every node its place. The same network is drawn the same way each time; on a narrow page it is taller. */
export function arrange({ nodes, edges }: Network, narrow: boolean): void {
  for (const [place, node] of nodes.entries()) {
    const angle = place * 2.4; // the golden angle: no two begin on each other
    node.x = 12 * Math.sqrt(place) * Math.cos(angle);
    node.y = 12 * Math.sqrt(place) * Math.sin(angle);
  }
  forceSimulation(nodes)
    .force("link", forceLink(edges.map((edge) => ({ ...edge }))).distance(110))
    .force("charge", forceManyBody().strength(-320))
    .force("collide", forceCollide(34))
    .force("x", forceX().strength(narrow ? 0.25 : 0.05))
    .force("y", forceY().strength(narrow ? 0.03 : 0.08))
    .stop()
    .tick(STEPS);
}
