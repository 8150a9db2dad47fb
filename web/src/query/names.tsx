/** A field for an actor or a place, with proposals while one types (a combobox as WAI-ARIA describes it). */

import { useRef, useState } from "preact/hooks";
import { page, say } from "../shared/page";
import { request } from "./endpoint";

interface Found {
  key: string;
  label: Record<string, string>;
}
interface Proposal {
  /** What is put into the field: the name, or the key where several have that name. */
  value: string;
  name: string;
  other: string;
}
interface Props {
  id: string;
  name: string;
  required: boolean;
  placeholder: string;
  kind: string;
  value: string;
  change: (value: string) => void;
}

const PAUSE = 150;
const MOST = 8;

/** The actors or places that may be meant by what was typed; none where the search does not answer. */
async function propose(kind: string, text: string): Promise<Proposal[]> {
  const fields = new URLSearchParams({ q: text, room: kind });
  const response = await request(`${page.root}/api/search?${fields}`, {});
  const { results } = (await response.json()) as { results: Found[] };
  const [one, two] = page.language === "ar" ? ["ar", "en"] : ["en", "ar"];
  const names = results.slice(0, MOST).map(({ key, label }) => ({
    key: key.slice(kind.length + 1),
    name: label[one] ?? label[two] ?? Object.values(label)[0] ?? key,
    other: label[one] === undefined ? "" : (label[two] ?? ""),
  }));
  return names.map(({ key, name, other }) => {
    const alone = names.filter((candidate) => candidate.name === name).length === 1;
    return { value: alone ? name : key, name, other };
  });
}

interface Proposing {
  proposals: readonly Proposal[];
  /** The place of the proposal that the arrow keys have come to; -1 for none. */
  active: number;
  onInput: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  pick: (proposal: Proposal) => void;
  close: () => void;
}

/** What is proposed, and what keys do with it. */
function useProposals(kind: string, change: (value: string) => void): Proposing {
  const [proposals, setProposals] = useState<Proposal[]>([]);
  const [active, setActive] = useState(-1);
  const pause = useRef(0);

  function show(found: Proposal[]): void {
    setProposals(found);
    setActive(-1);
  }
  function close(): void {
    window.clearTimeout(pause.current);
    show([]);
  }
  function pick(proposal: Proposal): void {
    change(proposal.value);
    close();
  }
  function onInput(text: string): void {
    change(text);
    setActive(-1);
    window.clearTimeout(pause.current);
    pause.current = window.setTimeout(() => {
      if (text.trim().length < 2) show([]);
      else propose(kind, text).then(show, () => show([]));
    }, PAUSE);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") close();
    if (proposals.length === 0) return;
    if (event.key === "Enter" && active >= 0) pick(proposals[active]!);
    else if (event.key === "ArrowDown") setActive((active + 1) % proposals.length);
    else if (event.key === "ArrowUp") setActive((active <= 0 ? proposals.length : active) - 1);
    else return;
    event.preventDefault();
  }
  return { proposals, active, onInput, onKeyDown, pick, close };
}

export function NameField({ id, name, required, placeholder, kind, value, change }: Props) {
  const { proposals, active, onInput, onKeyDown, pick, close } = useProposals(kind, change);
  const list = `${id}-proposals`;
  return (
    <div class="combobox">
      <input
        {...{ id, name, required, placeholder, value }}
        dir="auto"
        autocomplete="off"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={proposals.length > 0}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <ul id={list} role="listbox" aria-label={say("proposals")} hidden={proposals.length === 0}>
        {proposals.map((proposal, place) => (
          <li
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === active}
            onMouseDown={(event) => {
              event.preventDefault(); // or the field would lose the focus, and the list close before the click
              pick(proposal);
            }}
          >
            <bdi>{proposal.name}</bdi> <bdi class="other-title">{proposal.other}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
