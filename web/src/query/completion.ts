/** What the editor proposes while one types: prefixes, classes, properties and individuals that the endpoint has. */

import type { Yasqe } from "@zazuko/yasqe";
import type { Description, Known } from "./description";
import { shorten, type Prefixes } from "./terms";

type Completer = (typeof Yasqe)["Autocompleters"][string];
type Token = NonNullable<Parameters<Completer["get"]>[1]>;
type Hint = ReturnType<NonNullable<Completer["postprocessHints"]>>[number];

const MOST = 60;
const OURS: Readonly<Record<string, Known["kind"]>> = { class: "class", property: "property" };

/** Puts our completers in the place of the editor's own, of which two ask prefix.cc and Linked Open Vocabularies.
 *
 * ``language`` is that in which terms are called by their labels beside their names.
 */
export function installCompleters(yasqe: typeof Yasqe, described: Promise<Description>, language: string): void {
  const known: { now: Description } = { now: { prefixes: {}, terms: [] } };
  void described.then((found) => (known.now = found));
  yasqe.forkAutocompleter("prefixes", {
    name: "prefixes",
    bulk: false,
    persistenceId: null,
    get: (_, token) => {
      const typed = (token?.autocompletionString ?? token?.string ?? "").trim();
      return Object.entries(known.now.prefixes)
        .map(([prefix, namespace]) => `${prefix}: <${namespace}>`)
        .filter((declaration) => declaration.startsWith(typed))
        .sort();
    },
  });
  for (const [name, kind] of Object.entries(OURS)) {
    const shown = new Map<string, Known>();
    yasqe.forkAutocompleter(name, {
      name,
      bulk: false,
      autoShow: true,
      get: (editor, token) => {
        if (token === undefined) return [];
        const prefixes = { ...known.now.prefixes, ...editor.getPrefixesFromQuery() };
        return matching(known.now.terms, kind, token.string.trim(), prefixes).map((term) => term.iri);
      },
      preProcessToken: (_, token) => token as Token,
      postProcessSuggestion: (editor, _, iri) => {
        const short = shorten(iri, { ...known.now.prefixes, ...editor.getPrefixesFromQuery() });
        const text = short === iri ? `<${iri}>` : short;
        const term = known.now.terms.find((candidate) => candidate.iri === iri);
        if (term) shown.set(text, term);
        return text;
      },
      postprocessHints: (_, hints) =>
        hints.map((hint) => ({ ...hint, render: (element) => showHint(element, hint, shown.get(hint.text), language) })),
    });
  }
}

/** The terms of a kind that what was typed may mean: by prefixed name, IRI, local name, or label in any language. */
export function matching(terms: readonly Known[], kind: Known["kind"], typed: string, prefixes: Prefixes): Known[] {
  const wanted = typed.toLocaleLowerCase();
  const iri = wanted.startsWith("<") ? wanted.replace(/^<|>$/g, "") : null;
  const fits = (term: Known): boolean => {
    const local = term.iri.slice(Math.max(term.iri.lastIndexOf("#"), term.iri.lastIndexOf("/")) + 1);
    if (iri !== null) return term.iri.toLocaleLowerCase().startsWith(iri);
    if (wanted.includes(":")) return shorten(term.iri, prefixes).toLocaleLowerCase().startsWith(wanted);
    return [local, ...Object.values(term.labels)].some((name) => name.toLocaleLowerCase().includes(wanted));
  };
  return terms.filter((term) => term.kind === kind && fits(term)).slice(0, MOST);
}

function showHint(element: HTMLElement, hint: Hint, term: Known | undefined, language: string): void {
  const name = document.createElement("span");
  name.textContent = hint.text;
  name.className = "hint-name";
  element.append(name);
  const label = term?.labels[language];
  if (label !== undefined) {
    const words = document.createElement("bdi");
    words.lang = language;
    words.textContent = label;
    element.append(" ", words);
  }
  if (term !== undefined && term.count > 0) {
    const count = document.createElement("span");
    count.className = "hint-count";
    count.textContent = term.count.toLocaleString("en");
    element.append(" ", count);
  }
}
