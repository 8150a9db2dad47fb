/** What is asked, what came of it, and the address that says both. */

import { page } from "../shared/page";
import { readView, writeView, type Settings, type View, type ViewName } from "./address";
import type { Answer } from "./answers";
import type { Editor } from "./editor";
import { ask, Failure, request } from "./endpoint";
import { messageOf } from "./failure";
import type { Question } from "./questions";

/** The answer to a query, or why there is none. */
export interface Outcome {
  query: string;
  milliseconds: number;
  answer?: Answer;
  failure?: Failure;
}

const SPARQL = "application/sparql-query, application/problem+json;q=0.1";

export class Asking {
  view: View;
  outcome: Outcome | null = null;
  running: AbortController | null = null;
  private editor: Editor | null = null;

  /** ``first`` is what is in the editor where the address asks for nothing; ``changed`` is called after every change. */
  constructor(
    first: string,
    private readonly changed: () => void,
  ) {
    const nothing: View = { query: first, view: "table", settings: {}, question: "", values: {} };
    this.view = readView(location.hash) ?? nothing;
  }

  /** From now on queries are those of this editor. What the address asks for is asked. */
  attach(editor: Editor): void {
    this.editor = editor;
    this.follow();
    window.addEventListener("hashchange", () => this.follow());
  }

  /** Runs what is in the editor. */
  async run(changes: Partial<View> = {}): Promise<void> {
    const editor = this.editor!;
    this.running?.abort();
    const controller = (this.running = new AbortController());
    const query = editor.text;
    this.look({ ...changes, query });
    editor.clearFault();
    const begun = performance.now();
    const found = await ask(query, controller.signal).then(
      (answer) => ({ answer }),
      (failure: Failure) => ({ failure }),
    );
    if (this.running !== controller) return; // another query was run since
    this.running = null;
    this.outcome = { query, milliseconds: performance.now() - begun, ...found };
    const failure = this.outcome.failure;
    if (failure?.place) editor.markFault(failure.place, messageOf(failure));
    this.changed();
  }

  stop(): void {
    this.running?.abort();
  }

  /** A question was chosen: it is asked at once if it needs nothing, or once its form is filled in. */
  choose(question: Question): void {
    const values = question.name === this.view.question ? this.view.values : {};
    this.view = { ...this.view, question: question.name, values, view: "table", settings: {} };
    if (question.parameters.every((parameter) => !parameter.required)) void this.askQuestion(question, {});
    this.changed();
  }

  /** Puts a question's SPARQL, with the values in it, into the editor and runs it. */
  async askQuestion(question: Question, values: Record<string, string>): Promise<void> {
    const given = Object.entries(values).filter(([, value]) => value.trim());
    const fields = new URLSearchParams([["format", "rq"], ...given]);
    try {
      const address = `${page.root}/queries/${question.name}?${fields}`;
      const response = await request(address, { headers: { Accept: SPARQL } });
      this.editor!.text = await response.text();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.outcome = { query: "", milliseconds: 0, failure };
      return this.changed();
    }
    await this.run({ question: question.name, values });
  }

  /** Looks at the answer in another way. */
  show(view: ViewName, settings: Settings): void {
    this.look({ view, settings });
  }

  /** The address of what is seen, with the query as it stands in the editor. */
  link(): string {
    this.look({ query: this.editor!.text });
    return location.href;
  }

  private look(changes: Partial<View>): void {
    this.view = { ...this.view, ...changes };
    history.replaceState(null, "", `#${writeView(this.view)}`);
    this.changed();
  }

  private follow(): void {
    const found = readView(location.hash);
    if (found === null) return;
    this.view = found;
    this.editor!.text = found.query;
    if (found.query) void this.run();
    else this.changed();
  }
}
