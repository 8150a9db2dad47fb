/** An answer as a table: in order of any column, a hundred rows at first. */

import { useState } from "preact/hooks";
import { page, say } from "../../shared/page";
import { ordered, sortOf } from "../answers";
import { Shown } from "../shown";
import type { ViewProps } from "./settings";

const AT_ONCE = 100;

export function TableView({ table, showing, settings, set }: ViewProps) {
  const [shown, setShown] = useState(AT_ONCE);
  const column = table.columns.includes(settings["order"] ?? "") ? settings["order"]! : "";
  const descending = settings["direction"] === "descending";
  const rows = column ? ordered(table, column, descending, page.language) : table.rows;

  function orderBy(name: string): void {
    const again = name === column;
    set({ order: again && descending ? "" : name, direction: again && !descending ? "descending" : "" });
  }

  return (
    <>
      <div class="scroll" role="region" aria-label={say("view_table")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((name) => (
                <th scope="col" aria-sort={name !== column ? undefined : descending ? "descending" : "ascending"}>
                  <button type="button" class="order" onClick={() => orderBy(name)} title={say("order")}>
                    <code dir="ltr">{name}</code>
                    <span aria-hidden="true">{name !== column ? "" : descending ? " ▼" : " ▲"}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr>
                {table.columns.map((name) => (
                  <td class={sortOf({ rows: [row] }, name) === "number" ? "amount" : undefined}>
                    <Shown term={row[name]} showing={showing} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown < rows.length && (
        <p class="more">
          {say("shown_of", { shown, total: rows.length })}{" "}
          <button type="button" onClick={() => setShown(shown + AT_ONCE * 5)}>
            {say("more")}
          </button>
        </p>
      )}
    </>
  );
}
