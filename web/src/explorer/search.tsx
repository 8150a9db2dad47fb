/** Search by name: a box that suggests as one types, and a page of results. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { formatDate } from "../shared/formats";
import { page, say } from "../shared/page";
import { go, thingAddress } from "./address";
import { ask, useAnswer } from "./api";
import { Title, Waiting, Words } from "./pieces";
import { termLabel } from "./terms";
import type { Found } from "./types";

const PAUSE = 150; // milliseconds without a key before the server is asked

interface BoxProps {
  label: string;
  /** Only these kinds of things: actor, place, event, document. */
  rooms?: string[];
  choose: (found: Found) => void;
  /** What Enter does when no suggestion is chosen; without it, the first suggestion is. */
  submit?: (text: string) => void;
  keep?: boolean;
}

/** A combobox (WAI-ARIA 1.2): arrows choose, Enter takes, Escape closes. */
export function SearchBox({ label, rooms = [], choose, submit, keep = false }: BoxProps): VNode {
  const id = useId();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found[] | null>(null);
  const [active, setActive] = useState(-1);
  const asked = useRef<AbortController | null>(null);

  useEffect(() => {
    asked.current?.abort();
    if (text.trim().length < 2) {
      setFound(null);
      return;
    }
    const ended = (asked.current = new AbortController());
    const query = new URLSearchParams([["q", text], ...rooms.map((room) => ["room", room])]);
    const timer = setTimeout(() => {
      ask<{ results: Found[] }>(`search?${query}`, ended.signal).then(
        ({ results }) => {
          setFound(results.slice(0, 8));
          setActive(-1);
        },
        () => setFound(null), // the page of results says what is wrong
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [text, rooms.join()]);

  const take = (taken: Found) => {
    setFound(null);
    setText("");
    choose(taken);
  };
  const press = (event: KeyboardEvent) => {
    const many = found?.length ?? 0;
    if (event.key === "ArrowDown" && many) setActive((active + 1) % many);
    else if (event.key === "ArrowUp" && many) setActive((active - 1 + many) % many);
    else if (event.key === "Escape") setFound(null);
    else if (event.key === "Enter") {
      const taken = found?.[active] ?? (submit ? undefined : found?.[0]);
      if (taken) take(taken);
      else if (submit && text.trim()) {
        setFound(null);
        submit(text.trim());
        if (!keep) setText("");
      }
    } else return;
    event.preventDefault();
  };
  const open = found !== null;
  return (
    <div class="search" {...(submit ? { role: "search" as const } : {})}>
      <label for={`${id}i`}>{label}</label>
      <input
        id={`${id}i`}
        type="text"
        enterKeyHint="search"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}l`}
        aria-autocomplete="list"
        {...(active >= 0 ? { "aria-activedescendant": `${id}${active}` } : {})}
        value={text}
        placeholder={say("search_placeholder")}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={() => setTimeout(() => setFound(null), 150)}
      />
      <ul id={`${id}l`} role="listbox" aria-label={label} hidden={!open || !found?.length}>
        {found?.map((one, place) => (
          <li
            key={one.key}
            id={`${id}${place}`}
            role="option"
            aria-selected={place === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            <Words labels={one.label} otherwise={one.key} /> <span class="quiet">{termLabel(one.kind)}</span>
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {open && (found?.length ? say("found", { count: found.length }) : say("nothing_found"))}
      </p>
      {open && !found?.length && <p class="none">{say("nothing_found")}</p>}
    </div>
  );
}

export function goToFound(found: Found): void {
  go(thingAddress(found.key));
}

export function searchAddress(text: string): string {
  return `${page.root}/explore/search?${new URLSearchParams({ q: text })}`;
}

export function SearchPage({ text }: { text: string }): VNode {
  const loaded = useAnswer<{ results: Found[] }>(`search?${new URLSearchParams({ q: text })}`);
  return (
    <section>
      <Title otherwise={text}>
        {say("search_results")} <bdi>{text}</bdi>
      </Title>
      {!loaded.value && <Waiting of={loaded} />}
      {loaded.value && !loaded.value.results.length && <p>{say("nothing_found_long")}</p>}
      <ul class="results">
        {loaded.value?.results.map((one) => (
          <li key={one.key}>
            <a href={thingAddress(one.key)}>
              <Words labels={one.label} otherwise={one.key} />
            </a>{" "}
            <span class="quiet">
              {termLabel(one.kind)}
              {one.start && ` · ${formatDate(one.start)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
