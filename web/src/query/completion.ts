/** What the editor proposes while one types: prefixes, classes, properties and individuals that the endpoint has. */

import type { Yasqe } from "@zazuko/yasqe";
import type { Description, Known } from "./description";
import { shorten, type Prefixes } from "./terms";

type Completer = NonNullable<(typeof Yasqe)["Autocompleters"][string]>;
type Token = NonNullable<Parameters<Completer["get"]>[1]>;
type Hint = ReturnType<NonNullable<Completer["postprocessHints"]>>[number];

const MOST = 60;

/** Puts our completers in the place of the editor's own, of which two ask prefix.cc and Linked Open Vocabularies.
 *
 * ``language`` is that in which terms are called by their labels beside their names. What is returned proposes terms
 * wherever they may stand; while one types, that is done after a prefix only, or every word would bring up a list.
 */
export function installCompleters(yasqe: typeof Yasqe, described: Promise<Description>, language: string): (editor: Yasqe) => void {
  let known: Description = { prefixes: {}, terms: [] };
  void described.then((found) => (known = found));
  let asked = false;
  yasqe.forkAutocompleter("prefixes", {
    name: "prefixes",
    bulk: false,
    persistenceId: null,
    get: (_, token) => declarations(known.prefixes, (token?.autocompletionString ?? token?.string ?? "").trim()),
  });
  for (const kind of ["class", "property"] as const) {
    const { isValidCompletionPosition } = yasqe.Autocompleters[kind]!;
    const shown = new Map<string, Known>();
    const prefixesOf = (editor: Yasqe): Prefixes => ({ ...known.prefixes, ...editor.getPrefixesFromQuery() });
    yasqe.forkAutocompleter(kind, {
      name: kind,
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: (editor) => {
        const typed = wordBefore(editor);
        if (asked && kind === "property" && typed === "") return mayHaveProperty(editor);
        return (asked || typed.includes(":")) && isValidCompletionPosition(editor);
      },
      get: (editor, token) => {
        const found = token ? matching(known.terms, kind, token.string, prefixesOf(editor)) : [];
        const iris = found.map((term) => term.iri);
        // What is there already is not proposed, or the list would come back after each choice.
        return iris.length === 1 && shorten(iris[0]!, prefixesOf(editor)) === token?.string ? [] : iris;
      },
      preProcessToken: (editor, token) => {
        const [string, end] = [wordBefore(editor), editor.getDoc().getCursor().ch];
        const start = end - string.length;
        return { ...token, string, start, end, from: { ch: start }, to: { ch: end } } as Token;
      },
      postProcessSuggestion: (editor, _, iri) => {
        const short = shorten(iri, prefixesOf(editor));
        const text = short === iri ? `<${iri}>` : short;
        const term = known.terms.find((candidate) => candidate.iri === iri);
        if (term) shown.set(text, term);
        return text;
      },
      postprocessHints: (_, hints) =>
        hints.map((hint) => ({ ...hint, render: (element) => showHint(element, hint, shown.get(hint.text), language) })),
    });
  }
  return (editor) => {
    asked = true;
    editor.autocomplete();
    asked = false;
  };
}

/** Prefixes as they are declared, of those that begin as what was typed. */
function declarations(prefixes: Prefixes, typed: string): string[] {
  const all = Object.entries(prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`);
  return all.filter((declaration) => declaration.startsWith(typed)).sort();
}

/** What was typed of a name or an IRI, up to the cursor. */
function wordBefore(editor: Yasqe): string {
  const { line, ch } = editor.getDoc().getCursor();
  return /(?:<[^>\s]*|[^\s{}()[\];,.|/^!*+"'<>]*)$/u.exec(editor.getDoc().getLine(line).slice(0, ch))?.[0] ?? "";
}

function mayHaveProperty(editor: Yasqe): boolean {
  const state = editor.getTokenAt(editor.getDoc().getCursor()).state as { possibleCurrent?: string[] };
  return state.possibleCurrent?.includes("a") ?? false;
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
