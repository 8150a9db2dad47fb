/** What the server says to the page's script: a block of data in the page, see app.html. */

export interface PageData {
  /** What all addresses of the server begin with; empty, or a path like "/graph". */
  root: string;
  /** What the IRIs of the store begin with. */
  base: string;
  language: "en" | "ar";
  words: Record<string, string>;
  [more: string]: unknown;
}

export const page = JSON.parse(document.getElementById("page")!.textContent!) as PageData;

/** A wording in the page's language; {name} in it is replaced by a value. A wording that is missing shows its key. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = page.words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
