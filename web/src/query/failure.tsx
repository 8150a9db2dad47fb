/** Why there is no answer, in the page's language; below it what the server said, which is in English. */

import { say } from "../shared/page";
import type { Failure, Place } from "./endpoint";

interface Props {
  failure: Failure;
  /** Shows a place in the editor. */
  goTo?: (place: Place) => void;
}

export function FailureShown({ failure, goTo }: Props) {
  const { place } = failure;
  return (
    <div class="wrong" role="alert">
      <p class="failure-message">{messageOf(failure)}</p>
      {failure.said && (
        <p>
          <bdi lang="en" dir="ltr" class="said">{failure.said}</bdi>
        </p>
      )}
      {place && goTo && (
        <button type="button" onClick={() => goTo(place)}>
          {say("go_to", { ...place })}
        </button>
      )}
    </div>
  );
}

export function messageOf(failure: Failure): string {
  const limit = failure.limit === undefined ? "" : failure.limit.toLocaleString("en", { maximumFractionDigits: 3 });
  const exact = failure.limit === undefined ? failure.reason : `${failure.reason}_limit`;
  return say(`failed_${["time_limit", "large_limit"].includes(exact) ? exact : failure.reason}`, { limit, ...failure.place });
}
