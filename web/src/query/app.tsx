/** The page as a whole: what is asked, what came of it, and the address that says both. */

import { useEffect, useRef, useState } from "preact/hooks";
import { page, say } from "../shared/page";
import { readView, writeView, type View } from "./address";
import type { Answer } from "./answers";
import { describeEndpoint, labelsOf, type Description } from "./description";
import { Editor } from "./editor";
import { ask, Failure, request, type Place } from "./endpoint";
import { FailureShown, messageOf } from "./failure";
import { QuestionForm, QuestionList, QUESTIONS, type Question } from "./questions";
import { Results } from "./results";
import { Share } from "./share";
import type { Showing } from "./shown";

interface Outcome {
  query: string;
  answer?: Answer;
  failure?: Failure;
  milliseconds: number;
}

const FIRST = `PREFIX dip: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?event ?label ?start WHERE {
  ?event a ?class ; dip:reportedBy ?report ; rdfs:label ?label ; dip:startDate ?start .
  FILTER (LANG(?label) = "${page.language}")
}
ORDER BY ?start
LIMIT 100
`;
const NOTHING: View = { query: FIRST, view: "table", settings: {}, question: "", values: {} };

export function App() {
  const [view, setView] = useState<View>(() => readView(location.hash) ?? NOTHING);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const [showing, setShowing] = useState<Showing>({ prefixes: {}, labels: {} });
  const now = useRef(view);
  const editor = useRef<Editor | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const abort = useRef<AbortController | null>(null);

  /** Changes the view, and with it the address once there is something to share. */
  function look(changed: Partial<View>, keep = true): View {
    now.current = { ...now.current, ...changed };
    setView(now.current);
    if (keep) history.replaceState(null, "", `#${writeView(now.current)}`);
    return now.current;
  }

  async function run(changed: Partial<View> = {}): Promise<void> {
    abort.current?.abort();
    const controller = (abort.current = new AbortController());
    const query = editor.current!.text;
    look({ ...changed, query });
    editor.current!.clearFault();
    setRunning(controller);
    setFailure(null);
    const begun = performance.now();
    const outcome = await ask(query, controller.signal).then(
      (answer) => ({ answer }),
      (failure: Failure) => ({ failure }),
    );
    if (abort.current !== controller) return;
    setRunning(null);
    setOutcome({ query, milliseconds: performance.now() - begun, ...outcome });
    if ("failure" in outcome && outcome.failure.place) {
      editor.current!.markFault(outcome.failure.place, messageOf(outcome.failure));
    }
    window.setTimeout(reveal);
  }

  /** Puts a question's SPARQL, with the values in it, into the editor and runs it. */
  async function askQuestion(question: Question, values: Record<string, string>): Promise<void> {
    const fields = new URLSearchParams({ format: "rq" });
    for (const [name, value] of Object.entries(values)) if (value.trim()) fields.set(name, value.trim());
    try {
      const response = await request(`${page.root}/queries/${question.name}?${fields}`, { headers: { Accept: "application/sparql-query, application/problem+json;q=0.1" } });
      editor.current!.text = await response.text();
      await run({ question: question.name, values });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      setOutcome(null);
      setFailure(error);
    }
  }

  function choose(question: Question): void {
    setFailure(null);
    const again = question.name === now.current.question;
    look({ question: question.name, values: again ? now.current.values : {}, view: "table", settings: {} }, false);
    if (question.parameters.every((parameter) => !parameter.required)) void askQuestion(question, {});
    else window.setTimeout(() => document.querySelector<HTMLElement>(".question-form input, .question-form select")?.focus());
  }

  useEffect(() => {
    const described: Promise<Description> = describeEndpoint();
    void described.then((found) => setShowing({ prefixes: found.prefixes, labels: labelsOf(found, page.language) }));
    const wishes = { text: view.query, label: say("editor"), language: page.language, described };
    editor.current = new Editor(box.current!, { ...wishes, run: () => void run(), changed: () => {} });
    const follow = (): void => {
      const found = readView(location.hash);
      if (found === null) return;
      look(found, false);
      editor.current!.text = found.query;
      if (found.query) void run();
    };
    follow();
    window.addEventListener("hashchange", follow);
    keepInOtherLanguage();
  }, []);

  const question = QUESTIONS.find((candidate) => candidate.name === view.question);
  const goTo = (place: Place): void => editor.current!.goTo(place);
  const failed = failure ?? outcome?.failure;
  return (
    <div class="query-page">
      <h1>{say("title")}</h1>
      <aside aria-label={say("questions")}>
        <details open={window.matchMedia("(min-width: 60rem)").matches}>
          <summary>{say("questions")}</summary>
          <QuestionList chosen={view.question} choose={choose} />
        </details>
      </aside>
      <div class="work">
        {question && question.parameters.length > 0 && (
          <QuestionForm question={question} values={view.values} ask={(values) => void askQuestion(question, values)} />
        )}
        <div class="editor" dir="ltr" lang="en" ref={box} />
        <p class="small keys">{say("keys")}</p>
        <div class="actions">
          <button type="button" class="run" onClick={() => void run()}>{say("run")}</button>
          {running && <button type="button" class="plain-button" onClick={() => running.abort()}>{say("stop")}</button>}
          <Share link={() => (look({ query: editor.current!.text }), location.href)} />
        </div>
        <section aria-label={say("answer")} aria-busy={running !== null} class="answer">
          <p role="status" class="visually-hidden">{statusOf(running !== null, outcome)}</p>
          {running && <p class="running" aria-hidden="true">{say("running")}</p>}
          {!running && failed && <FailureShown failure={failed} goTo={goTo} />}
          {!running && outcome?.answer && !failure && (
            <Results
              answer={outcome.answer}
              query={outcome.query}
              name={view.question}
              milliseconds={outcome.milliseconds}
              showing={showing}
              view={view.view}
              settings={view.settings}
              change={(name, settings) => look({ view: name, settings })}
            />
          )}
        </section>
      </div>
    </div>
  );
}

/** Scrolls to the answer where most of it would be out of sight. */
function reveal(): void {
  const [actions, answer] = [document.querySelector(".actions"), document.querySelector(".answer")];
  if (answer && answer.getBoundingClientRect().top > window.innerHeight * 0.7) actions?.scrollIntoView();
}

/** What a screen reader is told of an outcome; failures are alerts of their own. */
function statusOf(running: boolean, outcome: Outcome | null): string {
  if (running) return say("running");
  const answer = outcome?.answer;
  if (answer === undefined) return "";
  if (answer.kind === "truth") return say(answer.value ? "yes" : "no");
  const seconds = (outcome!.milliseconds / 1000).toFixed(2);
  return say(answer.kind === "graph" ? "triples_in" : "rows_in", { count: answer.rows.length, seconds });
}

/** The link to the other language leads to the same view. */
function keepInOtherLanguage(): void {
  const link = document.querySelector<HTMLAnchorElement>("nav a[hreflang]");
  link?.addEventListener("click", () => {
    link.hash = location.hash;
  });
}
