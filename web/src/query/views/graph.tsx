/** An answer as a graph of nodes and edges, which can be moved, enlarged, and read as a list. */

import { useMemo, useRef, useState } from "preact/hooks";
import { page, say } from "../../shared/page";
import { sortsOf, type Answer } from "../answers";
import { arrange, fromRows, fromTriples, type Edge, type Network, type Node } from "../network";
import { addressOf } from "../shown";
import { Choice, chosen, columnOptions, Unsuitable, type ViewProps } from "./settings";

const LONGEST = 26;

export function GraphView({ answer, ...view }: ViewProps & { answer: Answer }) {
  if (answer.kind === "graph") return <TriplesGraph answer={answer} {...view} />;
  return <RowsGraph {...view} />;
}

function TriplesGraph({ answer, showing }: ViewProps & { answer: Answer & { kind: "graph" } }) {
  const network = useMemo(() => fromTriples(answer, page.language, showing), [answer, showing]);
  return <Drawing network={network} />;
}

function RowsGraph({ table, showing, settings, set }: ViewProps) {
  const sorts = sortsOf(table);
  const labels = new Set(table.labels.values());
  const things = table.columns.filter((column) => sorts.get(column) === "thing");
  const words = table.columns.filter((column) => sorts.get(column) === "word" && !labels.has(column));
  const ends = [...things, ...words];
  const others = table.columns.filter((column) => sorts.get(column) !== "nothing");
  const from = chosen(settings, "from", others, ends[0]);
  const to = chosen(settings, "to", others, ends.find((column) => column !== from));
  const edge = chosen(settings, "edge", ["", ...others], "");
  const network = useMemo(() => fromRows(table, from, to, edge, showing), [table, from, to, edge, showing]);
  if (others.length < 2) return <Unsuitable why="no_edges" />;
  return (
    <>
      <div class="settings">
        <Choice name="from" label={say("from")} value={from} options={columnOptions(others)} set={set} />
        <Choice name="to" label={say("to")} value={to} options={columnOptions(others)} set={set} />
        <Choice name="edge" label={say("edge")} value={edge} options={columnOptions(others, say("none"))} set={set} />
      </div>
      <Drawing network={network} />
    </>
  );
}

interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

function Drawing({ network }: { network: Network }) {
  const whole = useMemo(() => {
    const narrow = window.matchMedia("(max-width: 40rem)").matches;
    arrange(network, narrow);
    return frameOf(network.nodes, narrow);
  }, [network]);
  const [moved, move] = useState<{ of: Frame; frame: Frame } | null>(null);
  const frame = moved?.of === whole ? moved.frame : whole;
  const show = (next: Frame) => move({ of: whole, frame: next });
  const drag = useDrag(frame, show);
  if (network.edges.length === 0) return <Unsuitable why="no_edges" />;
  const most = Math.max(...network.edges.map((edge) => edge.weight));
  const [alike, ...unlike] = new Set(network.edges.map((edge) => edge.label));
  return (
    <>
      {network.total > network.nodes.length && <p>{say("nodes_of", { shown: network.nodes.length, total: network.total })}</p>}
      {alike && unlike.length === 0 && <p>{say("all_edges", { label: alike })}</p>}
      <div class="zoom">
        <button type="button" aria-label={say("enlarge")} onClick={() => show(scaled(frame, 0.75))}>+</button>
        <button type="button" aria-label={say("reduce")} onClick={() => show(scaled(frame, 1 / 0.75))}>−</button>
        <button type="button" onClick={() => move(null)}>{say("whole")}</button>
      </div>
      <div class="drawing" dir="ltr">
        <svg class="network" viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`} role="group" aria-label={say("graph_of", { nodes: network.nodes.length, edges: network.edges.length })} {...drag}>
          <defs>
            <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" orient="auto-start-reverse">
              <path d="M0,1L10,5L0,9z" />
            </marker>
          </defs>
          {network.edges.map((edge) => <Line edge={edge} most={most} labelled={unlike.length > 0} />)}
          {network.nodes.map((node) => <Dot node={node} />)}
        </svg>
      </div>
      <details>
        <summary>{say("as_list")}</summary>
        <ul class="edges">
          {network.edges.map((edge) => (
            <li>
              <bdi>{edge.source.label}</bdi> <span class="arrow">{page.language === "ar" ? "←" : "→"}</span> <bdi>{edge.target.label}</bdi>
              {edge.label && <> (<bdi>{edge.label}</bdi>)</>}
              {edge.weight > 1 && <> × {edge.weight}</>}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Line({ edge, most, labelled }: { edge: Edge; most: number; labelled: boolean }) {
  const { source, target } = edge;
  const length = Math.hypot(target.x - source.x, target.y - source.y) || 1;
  const [dx, dy] = [(target.x - source.x) / length, (target.y - source.y) / length];
  const [r, title] = [11, `${source.label} → ${target.label} ${edge.label} × ${edge.weight}`];
  return (
    <g class="edge">
      <line x1={source.x + dx * r} y1={source.y + dy * r} x2={target.x - dx * r} y2={target.y - dy * r}
        stroke-width={1 + (3 * edge.weight) / Math.max(most, 4)} marker-end="url(#arrow)">
        <title>{title}</title>
      </line>
      {labelled && edge.label && <text x={(source.x + target.x) / 2} y={(source.y + target.y) / 2 - 4} text-anchor="middle">{shortened(edge.label)}</text>}
    </g>
  );
}

function Dot({ node }: { node: Node }) {
  const address = addressOf(node.term);
  const dot = (
    <>
      <title>{node.label}</title>
      <circle cx={node.x} cy={node.y} r={9} />
      <text x={node.x} y={node.y + 24} text-anchor="middle">{shortened(node.label)}</text>
    </>
  );
  return address === null ? <g class="node">{dot}</g> : <a class="node" href={address}>{dot}</a>;
}

function shortened(words: string): string {
  const letters = [...words];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : words;
}

function frameOf(nodes: readonly Node[], narrow: boolean): Frame {
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const [left, top] = [Math.min(0, ...xs) - 90, Math.min(0, ...ys) - 30];
  const [width, height] = [Math.max(0, ...xs) + 90 - left, Math.max(0, ...ys) + 45 - top];
  // Never so small that letters would become huge, and of about the form of the page.
  const wide = narrow ? Math.max(width, 340) : Math.max(width, 620, height * 1.4);
  const high = Math.max(height, 300);
  return { x: left - (wide - width) / 2, y: top - (high - height) / 2, width: wide, height: high };
}

function scaled(frame: Frame, by: number): Frame {
  const [width, height] = [frame.width * by, frame.height * by];
  return { x: frame.x + (frame.width - width) / 2, y: frame.y + (frame.height - height) / 2, width, height };
}

/** Moves the frame while the pointer is down on the drawing. */
function useDrag(frame: Frame, show: (frame: Frame) => void) {
  const held = useRef<{ x: number; y: number; frame: Frame; scale: number } | null>(null);
  return {
    onPointerDown(event: PointerEvent) {
      if ((event.target as Element).closest("a")) return;
      const drawing = event.currentTarget as SVGSVGElement;
      drawing.setPointerCapture(event.pointerId);
      const scale = frame.width / drawing.clientWidth;
      held.current = { x: event.clientX, y: event.clientY, frame, scale };
    },
    onPointerMove(event: PointerEvent) {
      const from = held.current;
      if (from === null) return;
      const [x, y] = [(event.clientX - from.x) * from.scale, (event.clientY - from.y) * from.scale];
      show({ ...from.frame, x: from.frame.x - x, y: from.frame.y - y });
    },
    onPointerUp() {
      held.current = null;
    },
  };
}
