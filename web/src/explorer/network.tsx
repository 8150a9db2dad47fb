/** Who had to do with whom: a drawing, and the same as a table. */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from "d3-force";
import { useMemo, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatNumber } from "../shared/formats";
import { say } from "../shared/page";
import { thingAddress } from "./address";
import { Amount, ThingLink, nameOf } from "./pieces";
import { kindClass, termLabel } from "./terms";
import type { Network } from "./types";
import { useWidth } from "./width";

const STEPS = 300;
const NARROW = 600;
const MOST_STRETCH = 2.4;
const FIRST_ROWS = 20;

interface Node extends SimulationNodeDatum {
  key: string;
  count: number;
  radius: number;
}

interface Edge {
  source: Node;
  target: Node;
  weight: number;
  type: string;
}

export function NetworkView({ answer }: { answer: Network }): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [all, setAll] = useState(false);
  if (!answer.edges.length) return <p>{say("no_network")}</p>;
  const most = weigh(answer.edges[0]![2]);
  const rows = all ? answer.edges : answer.edges.slice(0, FIRST_ROWS);
  return (
    <>
      <p class="small">
        {say("network_long", { all: formatNumber(answer.actors) })}
      </p>
      <div class="drawing" ref={frame}>
        {width > 0 && <Drawing answer={answer} width={width} />}
      </div>
      <h2>{say("pairs")}</h2>
      <div class="scroll" role="region" aria-label={say("pairs")} tabIndex={0}>
        <table class="pairs">
          <thead>
            <tr>
              <th scope="col">{say("actor")}</th>
              <th scope="col">{say("with")}</th>
              <th scope="col">{say("events")}</th>
              <th scope="col">{say("type")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([one, other, types]) => (
              <tr key={`${one} ${other}`}>
                <td>
                  <ThingLink of={one} things={answer.things} />
                </td>
                <td>
                  <ThingLink of={other} things={answer.things} />
                </td>
                <td class="amount">
                  {formatNumber(weigh(types))} <Amount count={weigh(types)} most={most} />
                </td>
                <td>
                  {Object.entries(types).sort((a, b) => b[1] - a[1]).map(([type, count]) => (
                    <span key={type} class={`tag ${kindClass(type)}`}>
                      <i aria-hidden="true" />
                      {termLabel(type)} {formatNumber(count)}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!all && answer.edges.length > FIRST_ROWS && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          {say("more", { count: formatNumber(answer.edges.length - FIRST_ROWS) })}
        </button>
      )}
    </>
  );
}

function weigh(types: Record<string, number>): number {
  return Object.values(types).reduce((one, other) => one + other, 0);
}

/** Places for the nodes, always the same for the same answer and width. */
function layOut(answer: Network, width: number, height: number): { nodes: Node[]; edges: Edge[] } {
  const linked = new Set(answer.edges.flatMap(([one, other]) => [one, other]));
  const shown = answer.nodes.filter(([key]) => linked.has(key)).slice(0, width < NARROW ? 20 : 50);
  const most = Math.max(...shown.map(([, count]) => count));
  const nodes: Node[] = shown.map(([key, count]) => ({ key, count, radius: 4 + 14 * Math.sqrt(count / most) }));
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const edges: Edge[] = [];
  for (const [one, other, types] of answer.edges) {
    const [source, target] = [byKey.get(one), byKey.get(other)];
    const leading = Object.entries(types).sort((a, b) => b[1] - a[1])[0];
    if (source && target && leading) edges.push({ source, target, weight: weigh(types), type: leading[0] });
  }
  const heaviest = Math.max(1, ...edges.map((edge) => edge.weight));
  forceSimulation(nodes)
    .force("charge", forceManyBody().strength(-220))
    .force("link", forceLink(edges).distance(70).strength((edge) => 0.15 + 0.5 * (edge.weight / heaviest)))
    .force("apart", forceCollide<Node>((node) => node.radius + 16))
    .force("x", forceX(width / 2).strength(0.06))
    .force("y", forceY(height / 2).strength(0.06 * (width / height)))
    .stop()
    .tick(STEPS);
  fill(nodes, "x", 70, width - 70);
  fill(nodes, "y", 28, height - 40);
  return { nodes, edges };
}

/** Moves and stretches places so that they fill the frame, but not so that a few are far apart. */
function fill(nodes: Node[], axis: "x" | "y", least: number, most: number): void {
  const [first, last] = [Math.min(...nodes.map((node) => node[axis] ?? 0)), Math.max(...nodes.map((node) => node[axis] ?? 0))];
  const scale = Math.min(MOST_STRETCH, (most - least) / Math.max(1, last - first));
  for (const node of nodes) node[axis] = (least + most) / 2 + ((node[axis] ?? 0) - (first + last) / 2) * scale;
}

function Drawing({ answer, width }: { answer: Network; width: number }): VNode {
  const height = Math.round(Math.max(420, Math.min(680, width * 0.62)));
  const { nodes, edges } = useMemo(() => layOut(answer, width, height), [answer, width, height]);
  const [chosen, setChosen] = useState<string | null>(null);
  const near = new Set(edges.filter((edge) => edge.source.key === chosen || edge.target.key === chosen).flatMap((edge) => [edge.source.key, edge.target.key]));
  const heaviest = Math.max(1, ...edges.map((edge) => edge.weight));
  const labelled = useMemo(() => chooseLabels(nodes, answer), [nodes]);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label={say("network_drawing")}>
      <g aria-hidden="true">
        {edges.map((edge) => {
          const far = chosen && edge.source.key !== chosen && edge.target.key !== chosen;
          return (
            <line
              key={`${edge.source.key} ${edge.target.key}`}
              class={`edge ${kindClass(edge.type)} ${far ? "far" : ""}`}
              x1={edge.source.x}
              y1={edge.source.y}
              x2={edge.target.x}
              y2={edge.target.y}
              stroke-width={1 + 5 * Math.sqrt(edge.weight / heaviest)}
            />
          );
        })}
      </g>
      {nodes.map((node) => (
        <a
          key={node.key}
          href={thingAddress(node.key)}
          class={`node ${chosen && node.key !== chosen && !near.has(node.key) ? "far" : ""}`}
          aria-label={`${nameOf(node.key, answer.things)}: ${formatNumber(node.count)}`}
          onMouseEnter={() => setChosen(node.key)}
          onMouseLeave={() => setChosen(null)}
          onFocus={() => setChosen(node.key)}
          onBlur={() => setChosen(null)}
        >
          <circle cx={node.x} cy={node.y} r={node.radius} />
        </a>
      ))}
      <g class="labels" aria-hidden="true">
        {nodes
          .filter((node) => (chosen ? node.key === chosen || near.has(node.key) : labelled.has(node.key)))
          .map((node) => (
            <text key={node.key} x={node.x} y={(node.y ?? 0) + node.radius + 12} text-anchor="middle">
              {shorten(nameOf(node.key, answer.things))}
            </text>
          ))}
      </g>
    </svg>
  );
}

/** The nodes whose names are written while none is chosen: the greatest first, where names do not lie on each other. */
function chooseLabels(nodes: Node[], answer: Network): Set<string> {
  const taken: { x: number; y: number; wide: number; key: string }[] = [];
  for (const node of nodes) {
    const wide = 6.6 * Array.from(shorten(nameOf(node.key, answer.things))).length;
    const [x, y] = [node.x ?? 0, (node.y ?? 0) + node.radius];
    if (taken.every((other) => Math.abs(other.x - x) > (other.wide + wide) / 2 || Math.abs(other.y - y) > 15)) {
      taken.push({ x, y, wide, key: node.key });
    }
  }
  return new Set(taken.map(({ key }) => key));
}

function shorten(name: string): string {
  const letters = Array.from(name);
  return letters.length > 26 ? `${letters.slice(0, 25).join("")}…` : name;
}
