/** The whole answer as a file, in every format that the endpoint has for it. */

import { useState } from "preact/hooks";
import { page, say } from "../shared/page";
import type { Answer } from "./answers";
import { download, Failure } from "./endpoint";
import { FailureShown } from "./failure";

interface Format {
  name: string;
  type: string;
  suffix: string;
}
const FORMATS = page["formats"] as { rows: Format[]; graph: Format[] };

export function Downloads({ query, answer, name }: { query: string; answer: Answer; name: string }) {
  const [failure, setFailure] = useState<Failure | null>(null);

  async function save(format: Format): Promise<void> {
    setFailure(null);
    try {
      const blob = await download(query, format.type, new AbortController().signal);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${name || "query"}.${format.suffix}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      setFailure(error as Failure);
    }
  }

  return (
    <>
      <div class="downloads" role="group" aria-label={say("download")}>
        <span>{say("download")}</span>
        {(answer.kind === "graph" ? FORMATS.graph : FORMATS.rows).map((format) => (
          <button type="button" class="plain-button" dir="ltr" onClick={() => void save(format)}>
            {format.name}
          </button>
        ))}
      </div>
      {failure && <FailureShown failure={failure} />}
    </>
  );
}
