/** Asking the endpoint, and what can go wrong with that. */

import { page } from "../shared/page";
import { readAnswer, type Answer } from "./answers";

export const ENDPOINT = `${page.root}/sparql`;
export const MOST_CHARACTERS = 40_000_000;
/** More than this no page could show; it can still be downloaded. */

const SHOWN = "application/sparql-results+json, application/n-triples";
const SAID = "application/problem+json;q=0.1";

const LANGUAGES = page.language === "ar" ? ["ar", "en"] : ["en", "ar"];

/** Why there is no answer; the wordings are ``failed_…`` in query.toml. */
export type Reason =
  | "malformed"
  | "forbidden"
  | "refused"
  | "time"
  | "busy"
  | "large"
  | "long"
  | "memory"
  | "behind"
  | "fault"
  | "gone"
  | "stopped";

export interface Place {
  /** Both from 1, in characters. */
  line: number;
  column: number;
}

/** A question that was not answered. ``said`` is what the server said, in English. */
export class Failure extends Error {
  constructor(
    readonly reason: Reason,
    readonly said = "",
    readonly place?: Place,
    readonly limit?: number,
  ) {
    super(reason);
  }
}

interface Refusal {
  message?: string;
  line?: number;
  column?: number;
  limit_seconds?: number;
  limit_bytes?: number;
}

/** The answer to a query, to be shown. Raises Failure. */
export async function ask(query: string, signal: AbortSignal): Promise<Answer> {
  const response = await send(query, SHOWN, signal);
  const text = await readText(response, signal);
  try {
    return readAnswer(response.headers.get("content-type") ?? "", text, LANGUAGES);
  } catch {
    throw new Failure("fault");
  }
}

/** The bytes of an answer in a format. Raises Failure. */
export async function download(query: string, mediaType: string, signal: AbortSignal): Promise<Blob> {
  const response = await send(query, mediaType, signal);
  try {
    return await response.blob();
  } catch {
    throw new Failure(signal.aborted ? "stopped" : "gone");
  }
}

async function send(query: string, accept: string, signal: AbortSignal): Promise<Response> {
  return request(ENDPOINT, {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: `${accept}, ${SAID}` },
    body: query,
    signal,
  });
}

/** A request whose answer is a success; anything else is raised as Failure. */
export async function request(address: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Failure(options.signal?.aborted ? "stopped" : "gone");
  }
  if (!response.ok) throw failureOf(response.status, await response.text().catch(() => ""));
  return response;
}

async function readText(response: Response, signal: AbortSignal): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const pieces: string[] = [];
  let length = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      pieces.push(step.value);
      length += step.value.length;
      if (length > MOST_CHARACTERS) break;
    }
  } catch {
    throw new Failure(signal.aborted ? "stopped" : "gone");
  }
  if (length > MOST_CHARACTERS) {
    void reader.cancel();
    throw new Failure("long");
  }
  return pieces.join("");
}

/** What a status and the body of a refusal mean. A proxy in between may answer with a page of its own. */
export function failureOf(status: number, body: string): Failure {
  let refusal: Refusal = {};
  try {
    refusal = JSON.parse(body) as Refusal;
  } catch {
    if (!body.trimStart().startsWith("<")) refusal = { message: body.slice(0, 500) };
  }
  const said = refusal.message ?? "";
  const { line, column } = refusal;
  const place = line !== undefined && column !== undefined ? { line, column } : undefined;
  return new Failure(reasonOf(status, refusal, place !== undefined), said, place, limitOf(refusal));
}

function reasonOf(status: number, refusal: Refusal, placed: boolean): Reason {
  if (status === 413) return "large";
  if (status === 403 || status === 401) return "forbidden";
  if (status === 504 || (status === 503 && refusal.limit_seconds !== undefined)) return "time";
  if (status === 503 && /memory/.test(refusal.message ?? "")) return "memory";
  if (status === 503 || status === 429) return "busy";
  if (status === 502) return "behind";
  if (status >= 500) return "fault";
  return placed ? "malformed" : "refused";
}

function limitOf(refusal: Refusal): number | undefined {
  return refusal.limit_seconds ?? (refusal.limit_bytes === undefined ? undefined : refusal.limit_bytes / 2 ** 20);
}
