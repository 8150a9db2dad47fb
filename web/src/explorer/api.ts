/** Asking the server, and what can go wrong on the way. */
import { useEffect, useState } from "preact/hooks";
import { page } from "../shared/page";

/** Why there is no answer, by the key of the wording that says so. */
export class Failure extends Error {
  constructor(
    readonly reason: "gone" | "unknown" | "unparsed" | "other_parser" | "malformed" | "overrun" | "fault",
    readonly detail = "",
  ) {
    super(reason);
  }
}

const REASONS: Record<number, Failure["reason"]> = { 400: "malformed", 404: "unknown", 408: "overrun", 503: "overrun" };

/** An answer of the API. Rejects with a Failure; with an AbortError when it is not wanted any more. */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${page.root}/api/${path}`, { headers: { Accept: "application/json" }, signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure("gone");
  }
  if (response.ok) return (await response.json()) as T;
  const said = (await response.json().catch(() => ({}))) as { message?: string; reason?: "unparsed" | "other_parser" };
  const reason = said.reason ?? REASONS[response.status] ?? "fault";
  throw new Failure(reason, said.message ?? "");
}

/** A key as it stands in an address; slashes stay. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

export type Loaded<T> = { value?: T; failure?: Failure; loading: boolean; again: () => void };

/** An answer of the API as it comes; the one before stays while the next is loading. Null asks for nothing. */
export function useAnswer<T>(path: string | null): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; value?: T; failure?: Failure }>({ path: null });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const ended = new AbortController();
    ask<T>(path, ended.signal).then(
      (value) => setState({ path, value }),
      (error) => {
        if (!ended.signal.aborted) setState({ path, failure: error instanceof Failure ? error : new Failure("fault", String(error)) });
      },
    );
    return () => ended.abort();
  }, [path, attempt]);
  const again = () => {
    setState({ path: null });
    setAttempt(attempt + 1);
  };
  return { ...state, loading: path !== null && state.path !== path, again };
}
