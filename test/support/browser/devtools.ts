import type { Readable, Writable } from "node:stream";

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers are checked by what tests assert
type Answer = any;

interface Waiting {
  readonly resolve: (result: Answer) => void;
  readonly reject: (error: Error) => void;
}

export interface ProtocolEvent {
  readonly method: string;
  readonly params: Answer;
  readonly sessionId: string | undefined;
}

/** The DevTools protocol over --remote-debugging-pipe: JSON messages that end in a NUL. */
export class DevTools {
  readonly #out: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: ProtocolEvent) => void>();
  #nextId = 1;
  #buffer = "";

  constructor(out: Writable, incoming: Readable) {
    this.#out = out;
    out.on("error", (error) => this.fail(error));
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => this.#receive(chunk));
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Returns what ends it. */
  listen(listener: (event: ProtocolEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The browser is gone: nobody waits for it any longer. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #receive(chunk: string): void {
    const parts = (this.#buffer + chunk).split("\0");
    this.#buffer = parts.pop() ?? "";
    for (const part of parts) this.#handle(JSON.parse(part));
  }

  #handle({ id, method, params, sessionId, result, error }: Answer): void {
    if (id === undefined) {
      for (const listener of this.#listeners) listener({ method, params, sessionId });
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${error.message} (DevTools)`));
  }
}
