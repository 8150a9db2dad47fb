/** An actor or a place: its events in order of time, whom it dealt with, and in which roles. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatNumber, formatPeriod } from "../shared/formats";
import { page, say } from "../shared/page";
import { thingAddress, viewAddress } from "./address";
import { encodeKey, useAnswer } from "./api";
import { EventItem, Ranks, Several, StatusTag, Title, TypeTag, Waiting, Words } from "./pieces";
import { termLabel, terms } from "./terms";
import type { EventRow, ThingDetail } from "./types";

const FIRST = 25;

export function ThingPage({ room, of: key }: { room: "actor" | "place"; of: string }): VNode {
  const loaded = useAnswer<ThingDetail>(`${room}/${encodeKey(key)}`);
  const thing = loaded.value;
  if (!thing) return <Waiting of={loaded} unknown={`unknown_${room}`} />;
  const filter = new URLSearchParams({ [room]: key });
  return (
    <article class="thing-page">
      <p class="tags">
        <span class="tag">{termLabel(thing.kind)}</span>
      </p>
      <Title labels={thing.label} otherwise={key} />
      <About thing={thing} />
      <p class="ways">
        <a href={viewAddress("timeline", filter)}>{say("in_timeline")}</a>
        <a href={viewAddress("network", filter)}>{say("in_network")}</a>
        <a href={viewAddress("map", filter)}>{say("in_map")}</a>
        <a href={`${page.root}/${room}/${encodeKey(key)}?format=html`}>{say("as_data")}</a>
      </p>
      <div class="columns">
        <section aria-labelledby="timeline">
          <h2 id="timeline">{say("timeline_of", { count: formatNumber(thing.events.length) })}</h2>
          <Timeline thing={thing} />
        </section>
        <div>
          <Partners thing={thing} />
          <Roles thing={thing} />
        </div>
      </div>
    </article>
  );
}

function About({ thing }: { thing: ThingDetail }): VNode | null {
  const facts: [string, string[]][] = [
    ["represents", thing.represents],
    ["represented", thing.represented],
    ["inCountry", thing.country ? [thing.country] : []],
  ];
  const said = facts.filter(([, keys]) => keys.length);
  if (!said.length) return null;
  return (
    <dl class="facts">
      {said.map(([name, keys]) => (
        <div key={name}>
          <dt>{terms.labels[name] ? termLabel(name) : say(name)}</dt>
          <dd>
            <Several keys={keys} things={thing.things} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Timeline({ thing }: { thing: ThingDetail }): VNode {
  const [shown, setShown] = useState(FIRST);
  const deeds = new Map(thing.deeds.map((deed) => [deed.event, deed]));
  const rest = thing.events.length - shown;
  if (!thing.events.length) return <p>{say("no_events_of")}</p>;
  return (
    <>
      <ol class="events">
        {thing.events.slice(0, shown).map((event) => {
          const through = deeds.get(event.key)?.through ?? [];
          return (
            <EventItem key={event.key} event={event} things={thing.things}>
              {through.length > 0 && (
                <p class="small">
                  {say("through")} <Several keys={through} things={thing.things} />
                </p>
              )}
            </EventItem>
          );
        })}
      </ol>
      {rest > 0 && (
        <button type="button" class="more" onClick={() => setShown(shown + 100)}>
          {say("more", { count: formatNumber(rest) })}
        </button>
      )}
    </>
  );
}

function Partners({ thing }: { thing: ThingDetail }): VNode | null {
  const [all, setAll] = useState(false);
  if (!thing.partners.length) return null;
  const most = thing.partners[0]![1];
  const shown = all ? thing.partners : thing.partners.slice(0, 12);
  return (
    <section aria-labelledby="partners">
      <h2 id="partners">{say(thing.deeds.length ? "partners" : "actors_here")}</h2>
      <Ranks of={shown} things={thing.things} most={most} />
      {!all && thing.partners.length > shown.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          {say("more", { count: formatNumber(thing.partners.length - shown.length) })}
        </button>
      )}
    </section>
  );
}

/** What it did in which role. A role that has wordings of its own (threats made, threats received) is open. */
function Roles({ thing }: { thing: ThingDetail }): VNode | null {
  const events = new Map(thing.events.map((event) => [event.key, event]));
  const roles = terms.roles
    .map((role) => ({ role, deeds: thing.deeds.filter((deed) => deed.roles.includes(role)) }))
    .filter(({ deeds }) => deeds.length);
  if (!roles.length) return null;
  return (
    <section aria-labelledby="roles">
      <h2 id="roles">{say("roles")}</h2>
      {roles.map(({ role, deeds }) => {
        const named = page.words[`as_${role}`];
        return (
          <details key={role} class={`role role-${role}`} open={named !== undefined}>
            <summary>
              {named ?? say("as_role", { role: termLabel(role) })} <span class="count">{formatNumber(deeds.length)}</span>
            </summary>
            <ul class="deeds">
              {deeds.slice(0, 30).map((deed) => {
                const event = events.get(deed.event) as EventRow;
                return (
                  <li key={deed.event}>
                    <a href={thingAddress(`event/${deed.event}`)}>
                      <Words labels={event.label} otherwise={deed.event} />
                    </a>
                    <span class="tags">
                      <TypeTag type={event.type} />
                      <StatusTag status={event.status} />
                      <span class="quiet">{event.start ? formatPeriod(event.start, event.end) : say("no_date")}</span>
                    </span>
                  </li>
                );
              })}
            </ul>
            {deeds.length > 30 && <p class="small">{say("first_of", { shown: 30, all: formatNumber(deeds.length) })}</p>}
          </details>
        );
      })}
    </section>
  );
}
