import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import type { Progress } from "../../usecases/ports/progress.ts";
import { oneLine } from "./one-line.ts";

/** Shorter work says nothing. */
const PATIENCE_MS = 2_000;
/** More often than this nobody can read. */
const REDRAW_MS = 100;
const ERASE_LINE = "\r\u001b[K";
const DEFAULT_COLUMNS = 80;
const NUMBERS = new Intl.NumberFormat("en-US");

export interface ProgressTerminal {
  write(text: string): void;
  /** Of the terminal now: people resize windows. */
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  readonly terminal: ProgressTerminal;
  readonly now: Monotonic;
  /** Calls back once after that many milliseconds, and never keeps the process alive. */
  readonly after: (ms: number, callback: () => void) => { cancel(): void };
}

/** One line at the end of a terminal, redrawn in place: `listing pods 12,000 of 50,000 …`. */
export class TerminalProgress implements Progress {
  readonly #options: ProgressOptions;
  #text = "";
  #startedAt: number | undefined;
  #drawn: { readonly text: string; readonly at: number } | undefined;
  #timer: { cancel(): void } | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  report(what: string, done?: number, total?: number): void {
    this.#startedAt ??= this.#options.now();
    this.#text = textOf(what, done, total);
    const wait = this.#wait(this.#startedAt);
    if (wait <= 0) this.#draw();
    // Work that waits for somebody else says nothing more: the timer speaks for it.
    else this.#timer ??= this.#options.after(wait, () => this.#draw());
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#drawn !== undefined) this.#options.terminal.write(ERASE_LINE);
    this.#drawn = undefined;
  }

  /** Milliseconds until the line may be drawn. */
  #wait(startedAt: number): number {
    const due = Math.max(startedAt + PATIENCE_MS, (this.#drawn?.at ?? -Infinity) + REDRAW_MS);
    return due - this.#options.now();
  }

  #draw(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { terminal, now } = this.#options;
    const text = fitted(this.#text, terminal.columns ?? DEFAULT_COLUMNS);
    if (text !== this.#drawn?.text) terminal.write(ERASE_LINE + text);
    this.#drawn = { text, at: now() };
  }
}

function textOf(what: string, done: number | undefined, total: number | undefined): string {
  const count = done === undefined ? "" : ` ${NUMBERS.format(done)}`;
  const of = total === undefined ? "" : ` of ${NUMBERS.format(total)}`;
  return oneLine(`${what}${count}${of}`);
}

/** A line that wraps cannot be erased; the last column stays free, for some terminals wrap there. */
function fitted(text: string, columns: number): string {
  const room = Math.max(1, columns - 1);
  const ending = " …";
  const shown = [...text];
  if (shown.length + ending.length <= room) return text + ending;
  return `${shown.slice(0, room - 1).join("")}…`;
}
