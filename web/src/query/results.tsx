/** An answer, looked at as table, chart, timeline or graph. */

import { useId } from "preact/hooks";
import { say } from "../shared/page";
import { VIEWS, type Settings, type ViewName } from "./address";
import type { Answer, Table } from "./answers";
import { Downloads } from "./downloads";
import type { Showing } from "./shown";
import { ChartView } from "./views/chart";
import { GraphView } from "./views/graph";
import { TableView } from "./views/table";
import { TimelineView } from "./views/timeline";

interface Props {
  answer: Answer;
  /** The query that it is the answer to, and what a file of it is called. */
  query: string;
  name: string;
  milliseconds: number;
  showing: Showing;
  view: ViewName;
  settings: Settings;
  change: (view: ViewName, settings: Settings) => void;
}

export function Results({ answer, query, name, milliseconds, ...looked }: Props) {
  const seconds = (milliseconds / 1000).toFixed(2);
  if (answer.kind === "truth") {
    return (
      <>
        <p class="truth">{say(answer.value ? "yes" : "no")}</p>
        <Downloads query={query} answer={answer} name={name} />
      </>
    );
  }
  const counted = say(answer.kind === "graph" ? "triples_in" : "rows_in", { count: answer.rows.length, seconds });
  return (
    <>
      <p class="small">{counted}</p>
      <Downloads query={query} answer={answer} name={name} />
      {answer.rows.length === 0 ? <p>{say("no_rows")}</p> : <Views answer={answer} table={answer} {...looked} />}
    </>
  );
}

type ViewsProps = Pick<Props, "showing" | "view" | "settings" | "change"> & { answer: Answer; table: Table };

function Views({ answer, table, showing, view, settings, change }: ViewsProps) {
  const id = useId();
  const props = {
    table,
    showing,
    settings,
    set: (changes: Settings) => change(view, { ...settings, ...changes }),
  };

  function onKeyDown(event: KeyboardEvent): void {
    const rightToLeft = document.documentElement.dir === "rtl";
    const step = { ArrowRight: rightToLeft ? -1 : 1, ArrowLeft: rightToLeft ? 1 : -1 }[event.key];
    if (step === undefined) return;
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length]!;
    change(next, {});
    document.getElementById(`${id}-${next}`)?.focus();
  }

  return (
    <>
      <div class="tabs" role="tablist" aria-label={say("views")} onKeyDown={onKeyDown}>
        {VIEWS.map((name) => (
          <button
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === view}
            aria-controls={`${id}-panel`}
            tabIndex={name === view ? 0 : -1}
            onClick={() => change(name, {})}
          >
            {say(`view_${name}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${view}`} class="view">
        {view === "table" && <TableView {...props} />}
        {view === "chart" && <ChartView {...props} />}
        {view === "timeline" && <TimelineView {...props} />}
        {view === "graph" && <GraphView {...props} answer={answer} />}
      </div>
    </>
  );
}
