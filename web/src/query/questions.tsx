/** The canned questions: a list to choose from, and a form for what a question can be asked about. */

import { useEffect, useState } from "preact/hooks";
import { page, say } from "../shared/page";
import { NameField } from "./names";

export interface Parameter {
  name: string;
  type: string;
  description: string;
  required: boolean;
  default: string | null;
}
export interface Question {
  name: string;
  href: string;
  summary: string;
  summary_ar: string;
  parameters: Parameter[];
  example: Record<string, string>;
  choices: Record<string, [value: string, label: string][]>;
}

export const QUESTIONS = page["questions"] as Question[];
const NAMED = ["actor", "place"];

export function titleOf(question: Question, language: string = page.language): string {
  return language === "ar" ? question.summary_ar : question.summary;
}

interface ListProps {
  chosen: string;
  choose: (question: Question) => void;
}

/** All questions, or those with some words in one of their titles. */
export function QuestionList({ chosen, choose }: ListProps) {
  const [wanted, setWanted] = useState("");
  const other = page.language === "ar" ? "en" : "ar";
  const words = wanted.toLocaleLowerCase().split(/\s+/);
  const found = QUESTIONS.filter((question) =>
    words.every((word) => `${question.summary} ${question.summary_ar} ${question.name}`.toLocaleLowerCase().includes(word)),
  );
  return (
    <>
      <label class="filter">
        <span>{say("find_question")}</span>
        <input type="search" dir="auto" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
      </label>
      <ul class="questions-list" tabIndex={0} aria-label={say("questions")}>
        {found.map((question) => (
          <li>
            <button type="button" aria-pressed={question.name === chosen} onClick={() => choose(question)}>
              <span>{titleOf(question)}</span>
              <bdi lang={other} dir={other === "ar" ? "rtl" : "ltr"} class="other-title">{titleOf(question, other)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{say("no_question")}</p>}
    </>
  );
}

interface FormProps {
  question: Question;
  values: Readonly<Record<string, string>>;
  ask: (values: Record<string, string>) => void;
}

/** What a question can be asked about. It is sent to the editor as SPARQL, with the values in it. */
export function QuestionForm({ question, values, ask }: FormProps) {
  const [given, setGiven] = useState<Record<string, string>>({ ...values });
  useEffect(() => setGiven({ ...values }), [question, values]);
  return (
    <form
      class="question-form"
      aria-label={titleOf(question)}
      onSubmit={(event) => {
        event.preventDefault();
        ask(given);
      }}
    >
      <h2>{titleOf(question)}</h2>
      <div class="fields">
        {question.parameters.map((parameter) => (
          <Field
            question={question}
            parameter={parameter}
            value={given[parameter.name] ?? ""}
            change={(value) => setGiven((before) => ({ ...before, [parameter.name]: value }))}
          />
        ))}
      </div>
      <button>{say("ask")}</button>
    </form>
  );
}

interface FieldProps {
  question: Question;
  parameter: Parameter;
  value: string;
  change: (value: string) => void;
}

function Field({ question, parameter, value, change }: FieldProps) {
  const id = `parameter-${parameter.name}`;
  const choices = question.choices[parameter.name];
  const example = parameter.default ?? question.example[parameter.name] ?? "";
  const placeholder = example ? say("for_example", { example }) : "";
  const shared = { id, name: parameter.name, required: parameter.required, placeholder };
  return (
    <div class="field">
      <label for={id}>
        {say(`parameter_${parameter.name}`)} {parameter.required && <em>({say("required")})</em>}
      </label>
      {choices ? (
        <select id={id} name={parameter.name} value={value} onChange={(event) => change(event.currentTarget.value)}>
          <option value="">{say("any")}</option>
          {choices.map(([name, label]) => <option value={name} selected={name === value}>{label}</option>)}
        </select>
      ) : NAMED.includes(parameter.type) ? (
        <NameField {...shared} kind={parameter.type} value={value} change={change} />
      ) : (
        <input {...shared} dir="auto" value={value} inputMode={parameter.type === "integer" ? "numeric" : undefined}
          onInput={(event) => change(event.currentTarget.value)} />
      )}
      <small lang="en" dir="ltr">{parameter.description}</small>
    </div>
  );
}
