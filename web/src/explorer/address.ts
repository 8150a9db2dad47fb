/** The address says what is shown: the page in its path, the filter and the view in its query string. */
import { signal } from "@preact/signals";
import { page } from "../shared/page";
import { encodeKey } from "./api";

export const VIEWS = ["timeline", "network", "map"] as const;
export type View = (typeof VIEWS)[number];

/** The kinds of a filter, as they stand in the query string; the first four may have several values. */
export const LISTS = ["type", "status", "actor", "place"] as const;
export const FIELDS = [...LISTS, "from", "to", "confidence"] as const;
export type Field = (typeof FIELDS)[number];

export type Place =
  | { name: "view"; view: View; filter: URLSearchParams }
  | { name: "event" | "actor" | "place" | "document"; key: string; filter: URLSearchParams }
  | { name: "search"; text: string; filter: URLSearchParams }
  | { name: "unknown"; filter: URLSearchParams };

/** Where an address leads. */
export function readAddress(path: string, query: string, root = page.root): Place {
  const all = new URLSearchParams(query);
  const filter = new URLSearchParams([...all].filter(([name, value]) => value && (FIELDS as readonly string[]).includes(name)));
  const rest = path.slice(root.length).replace(/^\//, "");
  if (!rest) {
    const view = VIEWS.find((name) => name === all.get("view")) ?? "timeline";
    return { name: "view", view, filter };
  }
  const found = /^explore\/(event|actor|place|document|search)(?:\/(.+))?$/.exec(rest);
  if (found?.[1] === "search") return { name: "search", text: all.get("q") ?? "", filter };
  if (!found?.[2]) return { name: "unknown", filter };
  let key: string;
  try {
    key = decodeURIComponent(found[2]);
  } catch {
    return { name: "unknown", filter };
  }
  return { name: found[1] as "event", key, filter };
}

/** The address of a view with a filter. */
export function viewAddress(view: View, filter: URLSearchParams): string {
  const query = new URLSearchParams(filter);
  if (view !== "timeline") query.set("view", view);
  const text = query.toString();
  return `${page.root}/${text ? `?${text}` : ""}`;
}

/** The address of a thing's page by its key with its room: "actor/Q159", "event/…". */
export function thingAddress(key: string): string {
  return `${page.root}/explore/${encodeKey(key)}`;
}

export const here = signal<Place>(readAddress(location.pathname, location.search));

function arrive(): void {
  here.value = readAddress(location.pathname, location.search);
}

/** Whether a page was just come to, whose heading is to be focused once it is there. */
let arrived = false;

/** For the heading of a page: focuses it when the page was come to by a link within the explorer. */
export function focusOnArrival(heading: HTMLElement | null): void {
  if (heading && arrived) {
    arrived = false;
    heading.focus({ preventScroll: true });
  }
}

/** Goes to an address within the explorer. A change of the filter keeps the place on the page, a new page begins at
 * its heading, for who listens as for who looks. */
export function go(address: string): void {
  const view = here.value.name === "view";
  history.pushState(null, "", address);
  if (!view || location.pathname !== `${page.root}/`) {
    scrollTo(0, 0);
    arrived = true;
  }
  arrive();
}

/** Follows links within the explorer without loading the page anew; all else is left to the browser. */
export function followLinks(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.("a");
    const href = link?.getAttribute("href");
    if (!link || !href || link.getAttribute("target") || link.hasAttribute("download") || href.startsWith("#")) return;
    const address = new URL(href, location.href);
    const inside = address.pathname === `${page.root}/` || address.pathname.startsWith(`${page.root}/explore/`);
    if (address.origin !== location.origin || !inside || address.searchParams.has("lang")) return;
    event.preventDefault();
    go(address.pathname + address.search);
  });
}
