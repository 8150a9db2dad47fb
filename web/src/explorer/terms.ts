/** What the ontology knows, as the server says it: no class of events is named in TypeScript. */
import { page } from "../shared/page";
import type { Labels } from "./types";

interface Terms {
  types: string[];
  statuses: string[];
  roles: string[];
  labels: Record<string, string>;
}

export const terms = page.terms as Terms;

const COLOURS = 12;

/** What a term of the ontology is called. */
export function termLabel(name: string): string {
  const label = terms.labels[name] ?? name;
  return page.language === "en" ? label.charAt(0).toUpperCase() + label.slice(1) : label;
}

/** The style class that gives the colour of an event's type: that of its place in the ontology. */
export function kindClass(type: string): string {
  const place = terms.types.indexOf(type);
  return `kind-${place < 0 ? "other" : place % COLOURS}`;
}

/** The best label for the page's language, and the language that it is in. */
export function best(labels: Labels | undefined, otherwise: string): { text: string; lang: string } {
  const order = page.language === "ar" ? (["ar", "", "en"] as const) : (["en", "", "ar"] as const);
  for (const lang of order) {
    const text = labels?.[lang];
    if (text) return { text, lang };
  }
  return { text: otherwise, lang: "" };
}

/** The label in the other language, where there is one. */
export function second(labels: Labels | undefined): { text: string; lang: string } | null {
  const lang = page.language === "ar" ? "en" : "ar";
  const text = labels?.[lang];
  return text && best(labels, "").lang === page.language ? { text, lang } : null;
}
