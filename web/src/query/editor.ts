/** The SPARQL editor: YASQE (the editor of YASGUI), without what it would do beyond editing. */

import "@zazuko/yasqe/build/yasqe.min.css";
import { Yasqe } from "@zazuko/yasqe";
import { say } from "../shared/page";
import { installCompleters } from "./completion";
import type { Description } from "./description";
import type { Place } from "./endpoint";

const GUTTER = "gutterErrorBar";
const PAUSE = 250;
const HEIGHT = "240px";

/** What YASQE's grammar knows at a place. Its only message is about a prefix, in quotes. */
interface State {
  OK: boolean;
  errorMsg?: string;
  possibleCurrent?: string[];
}

export interface Wishes {
  text: string;
  label: string;
  language: string;
  described: Promise<Description>;
  /** Ctrl+Enter. */
  run: () => void;
}

export class Editor {
  private readonly yasqe: Yasqe;
  private fault: { clear(): void } | null = null;
  private pause = 0;

  constructor(parent: HTMLElement, wishes: Wishes) {
    const propose = installCompleters(Yasqe, wishes.described, wishes.language);
    Yasqe.defaults.autocompleters = ["variables", "prefixes", "class", "property"];
    const run = () => wishes.run();
    const leave = false as unknown as string; // to CodeMirror: the key is the browser's affair
    this.yasqe = new Yasqe(parent, {
      value: wishes.text,
      screenReaderLabel: wishes.label,
      inputStyle: "contenteditable",
      extraKeys: {
        "Ctrl-Space": (editor) => propose(editor as unknown as Yasqe),
        "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": leave, "Shift-Ctrl-F": leave,
        "Shift-Alt-F": (editor) => (editor as unknown as Yasqe).autoformat(),
        Tab: leave, "Shift-Tab": leave, Esc: leave,
      },
      syntaxErrorCheck: false, // its own words are in English only; checkSyntax below says the same
      editorHeight: HEIGHT,
      showQueryButton: false,
      resizeable: false,
      persistenceId: null,
      prefixCcApi: null,
      consumeShareLink: null,
      createShareableLink: null as unknown as () => string, // a button of its own, in English
    });
    const input = this.yasqe.getInputField();
    input.setAttribute("dir", "ltr");
    input.setAttribute("role", "textbox");
    input.setAttribute("aria-multiline", "true");
    this.yasqe.on("change" as "blur", () => {
      this.clearFault();
      window.clearTimeout(this.pause);
      this.pause = window.setTimeout(() => this.checkSyntax(), PAUSE);
    });
    this.checkSyntax();
  }

  get text(): string {
    return this.yasqe.getValue();
  }

  set text(text: string) {
    if (text !== this.text) this.yasqe.setValue(text);
  }

  focus(): void {
    this.yasqe.focus();
  }

  /** Marks where a query is malformed, shows the place and says there what is wrong.
   *
   * A parser often names the place where it gave up, some words after the mistake; what YASQE's grammar stumbles over in
   * that line before is marked with it.
   */
  markFault(place: Place, message: string): void {
    this.clearFault();
    const line = Math.min(place.line - 1, this.yasqe.getDoc().lastLine());
    const text = this.yasqe.getDoc().getLine(line);
    // Servers count characters, the editor counts UTF-16; a query that breaks off is marked at its last character.
    const column = [...text].slice(0, place.column - 1).join("").length;
    const begin = Math.min(this.firstFault(line) ?? column, Math.max(Math.min(column, text.length - 1), 0));
    const word = /^[\w?$:.<>-]+|^./u.exec(text.slice(column))?.[0] ?? "";
    const end = { line, ch: Math.max(column + word.length, begin + 1) };
    const mark = this.yasqe.getDoc().markText({ line, ch: begin }, end, { className: "query-fault", title: message } as object);
    this.yasqe.addLineClass(line, "background", "query-fault-line");
    this.setMarker(line, message);
    this.yasqe.scrollIntoView({ line, ch: begin }, 60);
    this.fault = {
      clear: () => {
        mark.clear();
        for (let at = 0; at < this.yasqe.getDoc().lineCount(); at++) {
          this.yasqe.removeLineClass(at, "background", "query-fault-line");
        }
      },
    };
  }

  /** Puts the cursor to a place. */
  goTo(place: Place): void {
    const line = Math.min(place.line - 1, this.yasqe.getDoc().lastLine());
    const text = this.yasqe.getDoc().getLine(line);
    this.yasqe.getDoc().setCursor({ line, ch: [...text].slice(0, place.column - 1).join("").length });
    this.focus();
  }

  clearFault(): void {
    this.fault?.clear();
    this.fault = null;
    this.yasqe.clearGutter(GUTTER);
  }

  /** Where in a line YASQE's grammar gives up; undefined where it does not. */
  private firstFault(line: number): number | undefined {
    return this.yasqe.getLineTokens(line, true).find((token) => !(token.state as State).OK)?.start;
  }

  /** Marks the first line where what was typed can be no SPARQL, as far as YASQE's grammar sees it. */
  private checkSyntax(): void {
    if (this.fault !== null) return;
    this.yasqe.clearGutter(GUTTER);
    if (this.text.trim() === "") return;
    for (let line = 0; line < this.yasqe.getDoc().lineCount(); line++) {
      const end = { line, ch: this.yasqe.getDoc().getLine(line).length };
      const state = this.yasqe.getTokenAt(end, true).state as State;
      if (state.OK) continue;
      const prefix = /'(.*)'/.exec(state.errorMsg ?? "")?.[1];
      const expected = (state.possibleCurrent ?? []).slice(0, 12).join(" ");
      this.setMarker(line, prefix === undefined ? say("syntax", { line: line + 1, expected }) : say("undeclared", { prefix }));
      return;
    }
  }

  private setMarker(line: number, message: string): void {
    const marker = document.createElement("span");
    marker.className = "query-marker";
    marker.textContent = "!";
    marker.title = message;
    marker.setAttribute("role", "img");
    marker.setAttribute("aria-label", message);
    this.yasqe.setGutterMarker(line, GUTTER, marker);
  }
}
