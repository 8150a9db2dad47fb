/** What a view may be set to: choices among the columns of an answer. */

import { say } from "../../shared/page";
import type { Table } from "../answers";
import type { Settings } from "../address";
import type { Showing } from "../shown";

export interface ViewProps {
  table: Table;
  showing: Showing;
  settings: Settings;
  /** Changes settings; they are kept in the address. */
  set: (changes: Settings) => void;
}

interface ChoiceProps {
  name: string;
  label: string;
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  set: (changes: Settings) => void;
}

export function Choice({ name, label, value, options, set }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select name={name} value={value} onChange={(event) => set({ [name]: event.currentTarget.value })}>
        {options.map(([option, words]) => (
          <option value={option} selected={option === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Columns as options. */
export function columnOptions(columns: readonly string[], none?: string): [string, string][] {
  const found = columns.map((column): [string, string] => [column, column]);
  return none === undefined ? found : [["", none], ...found];
}

/** The setting if it is one of these, else the first. */
export function chosen(settings: Settings, name: string, among: readonly string[], otherwise = among[0] ?? ""): string {
  const value = settings[name];
  return value !== undefined && among.includes(value) ? value : otherwise;
}

export function Unsuitable({ why }: { why: string }) {
  return <p class="unsuitable">{say(why)}</p>;
}
