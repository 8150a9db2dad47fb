/** The explorer: what the address says is shown. */
import { render, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { formatNumber } from "../shared/formats";
import { page, say } from "../shared/page";
import "./explorer.css";
import { type Place, VIEWS, focusOnArrival, followLinks, go, here, viewAddress } from "./address";
import { useAnswer } from "./api";
import { DocumentPage } from "./document";
import { EventPage } from "./event";
import { Chosen, Filters } from "./filters";
import { MapView } from "./map";
import { NetworkView } from "./network";
import { Trouble, Waiting, useTitle } from "./pieces";
import { SearchBox, SearchPage, goToFound, searchAddress } from "./search";
import { ThingPage } from "./thing";
import { TimelineView } from "./timeline";
import type { Network, Places, Timeline } from "./types";

function App(): VNode {
  const place = here.value;
  useEffect(keepLanguageLink, [place]);
  return (
    <>
      <SearchBox label={say("search")} choose={goToFound} submit={(text) => go(searchAddress(text))} />
      <Shown place={place} />
    </>
  );
}

function Shown({ place }: { place: Place }): VNode {
  switch (place.name) {
    case "view":
      return <Overview place={place} />;
    case "event":
      return <EventPage key={place.key} of={place.key} />;
    case "actor":
    case "place":
      return <ThingPage key={place.key} room={place.name} of={place.key} />;
    case "document":
      return <DocumentPage key={place.key} of={place.key} />;
    case "search":
      return <SearchPage key={place.text} text={place.text} />;
    default:
      return (
        <div class="trouble" role="alert">
          <p>{say("unknown")}</p>
        </div>
      );
  }
}

/** The three views of the events that the filter lets through. */
function Overview({ place }: { place: Place & { name: "view" } }): VNode {
  const { view, filter } = place;
  useTitle(view === "timeline" ? "" : say(view));
  const query = filter.toString();
  // the choices of the filter are those of the timeline, whatever is shown beside them
  const timeline = useAnswer<Timeline>(`events?${query}`);
  const network = useAnswer<Network>(view === "network" ? `network?${query}` : null);
  const places = useAnswer<Places>(view === "map" ? `places?${query}` : null);
  const loaded = { timeline, network, map: places }[view];
  const answer = timeline.value;
  const things = { ...answer?.things };
  return (
    <div class="overview">
      <h1 class="unseen" tabIndex={-1} ref={focusOnArrival}>
        {say("events")}
      </h1>
      <nav class="views" aria-label={say("views")}>
        {VIEWS.map((name) => (
          <a key={name} href={viewAddress(name, filter)} aria-current={name === view ? "page" : undefined}>
            {say(name)}
          </a>
        ))}
        <p role="status" class="total">
          {answer &&
            say("total", { shown: formatNumber(answer.total), all: formatNumber(answer.all) })}
        </p>
      </nav>
      <Filters view={view} filter={filter} choices={answer?.choices} things={things} />
      <div class={`view ${loaded.loading && loaded.value ? "stale" : ""}`} aria-busy={loaded.loading}>
        <Chosen view={view} filter={filter} things={things} />
        {answer?.cut && <p class="small">{say("cut", { count: formatNumber(answer.all) })}</p>}
        {loaded.failure ? (
          <Trouble failure={loaded.failure} again={loaded.again} />
        ) : !loaded.value || !answer ? (
          <Waiting of={loaded.value ? timeline : loaded} />
        ) : answer.all === 0 ? (
          <div class="trouble">
            <p>{say("empty")}</p>
            <pre dir="ltr">
              <code>diplograph build FOLDER</code>
            </pre>
          </div>
        ) : answer.total === 0 ? (
          <p class="trouble">
            {say("none")} <a href={viewAddress(view, new URLSearchParams())}>{say("remove_all")}</a>
          </p>
        ) : view === "network" && network.value ? (
          <NetworkView answer={network.value} />
        ) : view === "map" && places.value ? (
          <MapView answer={places.value} />
        ) : (
          <TimelineView answer={answer} filter={filter} />
        )}
      </div>
    </div>
  );
}

/** The header's link to the other language leads to what is shown now. */
function keepLanguageLink(): void {
  const other = page.language === "ar" ? "en" : "ar";
  const link = document.querySelector<HTMLAnchorElement>(`header a[hreflang="${other}"]`);
  const query = new URLSearchParams(location.search);
  query.set("lang", other);
  if (link) link.href = `${location.pathname}?${query}`;
}

followLinks();
render(<App />, document.getElementById("app")!);
