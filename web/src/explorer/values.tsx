/** Values of an event or report, shown by what they are: terms, actors, dates, numbers, words. */
import type { VNode } from "preact";
import { formatDate, formatNumber, formatShare, formatTime } from "../shared/formats";
import { say } from "../shared/page";
import { Several } from "./pieces";
import { termLabel, terms } from "./terms";
import type { Things } from "./types";

export function Value({ aspect, values, things }: { aspect: string; values: (string | number)[] | undefined; things: Things }): VNode {
  if (!values?.length) return <span class="quiet">{say("not_said")}</span>;
  const keys = values.filter((value): value is string => typeof value === "string" && /^(actor|place)\//.test(value));
  if (keys.length === values.length) return <Several keys={keys} things={things} />;
  return (
    <>
      {values.map((value, place) => (
        <span key={String(value)}>
          {place > 0 && say("comma")}
          <One aspect={aspect} value={value} />
        </span>
      ))}
    </>
  );
}

function One({ aspect, value }: { aspect: string; value: string | number }): VNode {
  if (typeof value === "number") {
    if (aspect === "confidence") return <>{formatShare(value)}</>;
    return <>{aspect === "durationMinutes" ? say("minutes", { count: formatNumber(value) }) : formatNumber(value)}</>;
  }
  if (terms.labels[value]) return <>{termLabel(value)}</>;
  if (/^\d{4}(-\d\d){0,2}$/.test(value)) return <time dateTime={value}>{formatDate(value)}</time>;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return <time dateTime={value}>{formatTime(value)}</time>;
  return <bdi dir="auto">{value}</bdi>;
}
