/** The view as the address keeps it, behind the #: whoever opens the address sees the same. Nothing of it is sent. */

export const VIEWS = ["table", "chart", "timeline", "graph"] as const;
export type ViewName = (typeof VIEWS)[number];

/** What a view was set to; which settings there are is the view's affair. */
export type Settings = Readonly<Record<string, string>>;

export interface View {
  query: string;
  view: ViewName;
  settings: Settings;
  /** The canned question that the query was made from, and what was given in its form. */
  question: string;
  values: Readonly<Record<string, string>>;
}

const SETTING = "set.";
const VALUE = "value.";

/** The address behind the #. ``query`` is named as YASGUI names it. */
export function writeView(view: View): string {
  const fields = new URLSearchParams({ query: view.query });
  if (view.view !== "table") fields.set("view", view.view);
  for (const [name, value] of Object.entries(view.settings)) if (value) fields.set(SETTING + name, value);
  if (view.question) fields.set("question", view.question);
  for (const [name, value] of Object.entries(view.values)) if (value) fields.set(VALUE + name, value);
  return fields.toString();
}

/** The view that an address asks for; null where it asks for none. */
export function readView(hash: string): View | null {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const query = fields.get("query");
  const question = fields.get("question") ?? "";
  if (query === null && !question) return null;
  const view = VIEWS.find((name) => name === fields.get("view")) ?? "table";
  return { query: query ?? "", view, settings: below(fields, SETTING), question, values: below(fields, VALUE) };
}

function below(fields: URLSearchParams, beginning: string): Record<string, string> {
  const found = [...fields].filter(([name]) => name.startsWith(beginning));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(beginning.length), value]));
}
