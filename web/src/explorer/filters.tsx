/** What is let through: choices with their counts, and what is chosen, each to be taken away. All is in the address. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatDate, formatNumber, formatShare } from "../shared/formats";
import { say } from "../shared/page";
import { type Field, type View, go, viewAddress } from "./address";
import { nameOf } from "./pieces";
import { SearchBox } from "./search";
import { kindClass, termLabel, terms } from "./terms";
import type { Things, Timeline } from "./types";

interface Props {
  view: View;
  filter: URLSearchParams;
  choices: Timeline["choices"] | undefined;
  things: Things;
}

/** The filter with a value put in or taken away. */
export function toggled(filter: URLSearchParams, field: Field, value: string): URLSearchParams {
  const rest = [...filter].filter(([name, other]) => !(name === field && other === value));
  const changed = new URLSearchParams(rest);
  if (rest.length === [...filter].length) changed.append(field, value);
  return changed;
}

/** The filter with one value, or none, of a kind that has only one. */
export function replaced(filter: URLSearchParams, field: Field, value: string): URLSearchParams {
  const changed = new URLSearchParams(filter);
  if (value) changed.set(field, value);
  else changed.delete(field);
  return changed;
}

export function Filters({ view, filter, choices, things }: Props): VNode {
  const set = (changed: URLSearchParams) => go(viewAddress(view, changed));
  const wide = matchMedia("(min-width: 60rem)").matches;
  return (
    <details class="filters" open={wide}>
      <summary>{say("filter")}</summary>
      <form onSubmit={(event) => event.preventDefault()} aria-label={say("filter")}>
        {(["type", "status"] as const).map((field) => (
          <Checks key={field} field={field} filter={filter} counts={choices?.[field]} set={set} />
        ))}
        {(["actor", "place"] as const).map((field) => (
          <fieldset key={field}>
            <legend>{say(field)}</legend>
            <SearchBox
              label={say(`add_${field}`)}
              rooms={[field]}
              choose={(found) => {
                const key = found.key.slice(found.key.indexOf("/") + 1);
                if (!filter.getAll(field).includes(key)) set(toggled(filter, field, key));
              }}
            />
            <ul class="often">
              {choices?.[field].slice(0, 8).map(([key, count]) => {
                const value = key.slice(key.indexOf("/") + 1);
                const chosen = filter.getAll(field).includes(value);
                return (
                  <li key={key}>
                    <button type="button" aria-pressed={chosen} onClick={() => set(toggled(filter, field, value))}>
                      <bdi>{nameOf(key, things)}</bdi> <span class="count">{formatNumber(count)}</span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </fieldset>
        ))}
        <fieldset>
          <legend>{say("period")}</legend>
          <div class="period">
            {(["from", "to"] as const).map((field) => (
              <DateField key={`${field}${filter.get(field)}`} field={field} filter={filter} set={set} />
            ))}
          </div>
          <p class="small">{say("date_hint")}</p>
        </fieldset>
        <Least filter={filter} set={set} />
      </form>
    </details>
  );
}

function Checks(props: {
  field: "type" | "status";
  filter: URLSearchParams;
  counts: [string, number][] | undefined;
  set: (changed: URLSearchParams) => void;
}): VNode {
  const { field, filter, set } = props;
  const counts = props.counts && new Map(props.counts);
  const names = field === "type" ? terms.types : terms.statuses;
  return (
    <fieldset>
      <legend>{say(field)}</legend>
      {names.map((name) => (
        <label key={name} class={`check ${field === "type" ? kindClass(name) : ""}`}>
          <input
            type="checkbox"
            name={field}
            value={name}
            checked={filter.getAll(field).includes(name)}
            onChange={() => set(toggled(filter, field, name))}
          />
          {field === "type" && <i aria-hidden="true" />}
          <span>{termLabel(name)}</span> <span class="count">{counts && formatNumber(counts.get(name) ?? 0)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function DateField({ field, filter, set }: { field: "from" | "to"; filter: URLSearchParams; set: (changed: URLSearchParams) => void }): VNode {
  const [wrong, setWrong] = useState(false);
  const change = (text: string) => {
    const fits = text === "" || /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(text);
    setWrong(!fits);
    if (fits && text !== (filter.get(field) ?? "")) set(replaced(filter, field, text));
  };
  return (
    <label>
      {say(field)}
      <input
        type="text"
        dir="ltr"
        inputMode="numeric"
        maxLength={10}
        name={field}
        defaultValue={filter.get(field) ?? ""}
        aria-invalid={wrong}
        onChange={(event) => change(event.currentTarget.value.trim())}
        onKeyDown={(event) => event.key === "Enter" && change(event.currentTarget.value.trim())}
      />
      {wrong && (
        <span class="wrong-date" role="alert">
          {say("wrong_date")}
        </span>
      )}
    </label>
  );
}

function Least({ filter, set }: { filter: URLSearchParams; set: (changed: URLSearchParams) => void }): VNode {
  const value = Number(filter.get("confidence") ?? 0);
  return (
    <fieldset>
      <legend>{say("confidence")}</legend>
      <label class="least">
        <span>{say("at_least", { share: formatShare(value) })}</span>
        <input
          type="range"
          name="confidence"
          min="0"
          max="1"
          step="0.05"
          value={value}
          onChange={(event) => {
            const chosen = Number(event.currentTarget.value);
            set(replaced(filter, "confidence", chosen ? String(chosen) : ""));
          }}
        />
      </label>
    </fieldset>
  );
}

/** What is chosen, each with a button that takes it away. */
export function Chosen({ view, filter, things }: Omit<Props, "choices">): VNode | null {
  const all = [...filter];
  if (!all.length) return null;
  const without = (place: number) => new URLSearchParams(all.filter((_, other) => other !== place));
  return (
    <ul class="chosen" aria-label={say("chosen")}>
      {all.map(([field, value], place) => (
        <li key={`${field}${value}`}>
          <button type="button" onClick={() => go(viewAddress(view, without(place)))}>
            <span class="quiet">{say(field)}</span> <bdi>{spoken(field as Field, value, things)}</bdi>
            <span aria-hidden="true"> ×</span>
            <span class="unseen">{say("remove")}</span>
          </button>
        </li>
      ))}
      {all.length > 1 && (
        <li>
          <a href={viewAddress(view, new URLSearchParams())}>{say("remove_all")}</a>
        </li>
      )}
    </ul>
  );
}

function spoken(field: Field, value: string, things: Things): string {
  if (field === "type" || field === "status") return termLabel(value);
  if (field === "actor" || field === "place") return nameOf(`${field}/${value}`, things);
  return field === "confidence" ? formatShare(Number(value)) : formatDate(value);
}

