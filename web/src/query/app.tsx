/** The page as a whole: questions, editor, answer. */

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { page, say } from "../shared/page";
import { Asking, type Outcome } from "./asking";
import { describeEndpoint, labelsOf } from "./description";
import { Editor } from "./editor";
import { FailureShown } from "./failure";
import { QuestionForm, QuestionList, QUESTIONS, type Question } from "./questions";
import { Results } from "./results";
import { Share } from "./share";
import type { Showing } from "./shown";

const FIRST = `PREFIX dip: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?event ?label ?start WHERE {
  ?event a ?class ; dip:reportedBy ?report ; rdfs:label ?label ; dip:startDate ?start .
  FILTER (LANG(?label) = "${page.language}")
}
ORDER BY ?start
LIMIT 100
`;

export function App() {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const [asking] = useState(() => new Asking(FIRST, () => redraw(undefined)));
  const [showing, setShowing] = useState<Showing>({ prefixes: {}, labels: {} });
  const editor = useRef<Editor | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const described = describeEndpoint();
    void described.then((found) => setShowing({ prefixes: found.prefixes, labels: labelsOf(found, page.language) }));
    const wishes = { text: asking.view.query, label: say("editor"), language: page.language, described };
    editor.current = new Editor(box.current!, { ...wishes, run: () => void asking.run() });
    asking.attach(editor.current);
    keepInOtherLanguage();
  }, []);

  return (
    <div class="query-page">
      <h1>{say("title")}</h1>
      <Questions asking={asking} />
      <div class="work">
        <ChosenQuestion asking={asking} />
        <div class="editor" dir="ltr" lang="en" ref={box} />
        <p class="small keys">{say("keys")}</p>
        <div class="actions">
          <button type="button" class="run" onClick={() => void asking.run()}>{say("run")}</button>
          {asking.running && <button type="button" class="plain-button" onClick={() => asking.stop()}>{say("stop")}</button>}
          <Share link={() => asking.link()} />
        </div>
        <AnswerShown asking={asking} showing={showing} editor={editor.current} />
      </div>
    </div>
  );
}

function Questions({ asking }: { asking: Asking }) {
  function choose(question: Question): void {
    asking.choose(question);
    const needs = question.parameters.some((parameter) => parameter.required);
    if (needs) window.setTimeout(() => document.querySelector<HTMLElement>(".question-form input, .question-form select")?.focus());
  }

  return (
    <aside aria-label={say("questions")}>
      <details open={window.matchMedia("(min-width: 60rem)").matches}>
        <summary>{say("questions")}</summary>
        <QuestionList chosen={asking.view.question} choose={choose} />
      </details>
    </aside>
  );
}

function ChosenQuestion({ asking }: { asking: Asking }) {
  const question = QUESTIONS.find((candidate) => candidate.name === asking.view.question);
  if (question === undefined || question.parameters.length === 0) return null;
  return <QuestionForm question={question} values={asking.view.values} ask={(values) => void asking.askQuestion(question, values)} />;
}

function AnswerShown({ asking, showing, editor }: { asking: Asking; showing: Showing; editor: Editor | null }) {
  const { view, outcome } = asking;
  const running = asking.running !== null;
  useEffect(() => {
    if (outcome !== null) reveal();
  }, [outcome]);
  return (
    <section aria-label={say("answer")} aria-busy={running} class="answer">
      <p role="status" class="visually-hidden">{statusOf(running, outcome)}</p>
      {running && <p class="running" aria-hidden="true">{say("running")}</p>}
      {!running && outcome?.failure && <FailureShown failure={outcome.failure} goTo={(place) => editor?.goTo(place)} />}
      {!running && outcome?.answer && (
        <Results
          answer={outcome.answer}
          query={outcome.query}
          name={view.question}
          milliseconds={outcome.milliseconds}
          showing={showing}
          view={view.view}
          settings={view.settings}
          change={(name, settings) => asking.show(name, settings)}
        />
      )}
    </section>
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
