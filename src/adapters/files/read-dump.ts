import { closeSync, openSync, readSync } from "node:fs";
import { asObject, type JsonObject, own, ownArray, ownString } from "../../kubernetes/json.ts";
import { failureMessage, findFiles } from "./find-files.ts";
import { inspect } from "./inspect.ts";
import { type Slice, StreamError, sliceJson } from "./json-slices.ts";
import { readPlainYaml } from "./plain/read-plain.ts";
import { sharesAnchors } from "./shared-anchors.ts";
import { parseYaml, plainValueOf } from "./yaml-document.ts";
import { sliceYaml } from "./yaml-slices.ts";

const CHUNK = 1024 * 1024;

/** YAML is read as one text; JSON of any size is read piece by piece. */
const MAX_YAML_BYTES = 512 * 1024 * 1024;

/** More than this is not worth a reader's time. */
const MAX_FLAWS = 20;

export interface DumpRead {
  readonly files: number;
  readonly objects: number;
  /** Why it is no whole dump, one sentence each, with file and line. */
  readonly flaws: readonly string[];
}

/**
 * Reads a file or folder of objects as `kubectl get -o json` or `-o yaml` prints them, and hands
 * them on one by one. Never throws for what the files hold.
 */
export function readDump(path: string, take: (object: JsonObject) => void): DumpRead {
  const { files, failures } = findFiles([path]);
  const flaws = failures.map(({ message }) => message);
  let objects = 0;
  const count = (object: JsonObject): void => {
    objects++;
    take(object);
  };
  for (const file of files) {
    if (flaws.length >= MAX_FLAWS) break;
    readFile(file, { take: count, flaws });
  }
  if (files.length === 0 && flaws.length === 0) flaws.push(`${path} holds no .json or .yaml files`);
  return { files: files.length, objects, flaws };
}

interface Sink {
  readonly take: (object: JsonObject) => void;
  readonly flaws: string[];
}

function readFile(file: string, sink: Sink): void {
  const expand = new Expansion(file, sink);
  try {
    const chunks = chunksOf(file);
    const first = chunks.next();
    const start = first.done === true ? new Uint8Array() : withoutBom(first.value);
    const isJson = /^\s*[[{]/.test(Buffer.from(start.subarray(0, 1024)).toString("latin1"));
    const all = prepend(start, chunks);
    const slices = isJson ? sliceJson(all) : slicesOf(textOf(all));
    for (const slice of slices) expand.slice(slice, isJson ? parseJson : parseYamlSlice);
  } catch (error) {
    if (error instanceof StreamError) sink.flaws.push(`${file}:${error.line}: ${error.message}`);
    else sink.flaws.push(failureMessage(file, error));
  }
}

/** Whole documents where their items hang together. */
function slicesOf(text: string): Iterable<Slice> {
  return sliceYaml(text, !sharesAnchors(text));
}

/** Objects from slices; items that leave their kind to the list wait for its head. */
class Expansion {
  readonly #file: string;
  readonly #sink: Sink;
  #waiting: { readonly item: JsonObject; readonly line: number }[] = [];
  #hasItems = false;

  constructor(file: string, sink: Sink) {
    this.#file = file;
    this.#sink = sink;
  }

  slice({ role, text, line }: Slice, parse: (text: string) => unknown): void {
    const value = parse(text);
    if (value instanceof Flaw) {
      this.#flaw(line + value.line - 1, value.message);
      return;
    }
    const object = asObject(value);
    if (object === undefined) {
      if (value !== null) this.#flaw(line, "this is no object");
      return;
    }
    if (role === "head") this.#head(object, line);
    else this.#item(object, line);
  }

  #item(item: JsonObject, line: number): void {
    this.#hasItems = true;
    if (own(item, "kind") === undefined) this.#waiting.push({ item, line });
    else this.#object(item, line);
  }

  #head(object: JsonObject, line: number): void {
    const kind = ownString(object, "kind") ?? "";
    const isList = kind.endsWith("List");
    if (isList) this.#uncut(object, line);
    const waiting = this.#waiting;
    const hadItems = this.#hasItems;
    this.#waiting = [];
    this.#hasItems = false;
    if (hadItems && !isList) {
      this.#flaw(line, `items belong to a List, and this is ${kind || "nothing that has a kind"}`);
      return;
    }
    for (const one of waiting) {
      const identity = { apiVersion: own(object, "apiVersion"), kind: kind.slice(0, -4) };
      this.#object(kind === "List" ? one.item : { ...identity, ...one.item }, one.line);
    }
    const isEmptied = kind === "List" || (isList && own(object, "items") !== undefined);
    if (!isEmptied) this.#object(object, line);
  }

  /** Items that were not cut out, such as those of `items: [...]`. */
  #uncut(list: JsonObject, line: number): void {
    for (const value of ownArray(list, "items")) {
      const item = asObject(value);
      if (item === undefined) this.#flaw(line, "the list holds something that is no object");
      else this.#item(item, line);
    }
  }

  #object(object: JsonObject, line: number): void {
    const { apiVersion, kind } = object;
    if (typeof apiVersion === "string" && typeof kind === "string" && apiVersion && kind) {
      this.#sink.take(object);
    } else this.#flaw(line, "this is no Kubernetes object: it has no apiVersion or no kind");
  }

  #flaw(line: number, message: string): void {
    if (this.#sink.flaws.length < MAX_FLAWS) {
      this.#sink.flaws.push(`${this.#file}:${line}: ${message}`);
    }
  }
}

/** What is wrong with a slice, at a line within it, from 1. */
class Flaw {
  readonly message: string;
  readonly line: number;

  constructor(message: string, line: number) {
    this.message = message;
    this.line = line;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new Flaw("this is not valid JSON", 1);
  }
}

function parseYamlSlice(text: string): unknown {
  const plain = readPlainYaml(text);
  if (plain !== undefined) return plain.value;
  // What is not closed at the end is missed at its last line.
  const last = text.length - 1;
  const lineOf = (offset: number) => text.slice(0, Math.min(offset, last)).split("\n").length;
  try {
    const yaml = parseYaml(text);
    const [error] = yaml.errors;
    if (error !== undefined) return new Flaw("this is not valid YAML", lineOf(error.pos[0]));
    const flaw = inspect(yaml);
    return flaw === undefined ? plainValueOf(yaml) : new Flaw(flaw.message, lineOf(flaw.offset));
  } catch {
    return new Flaw("this cannot be read as YAML", 1);
  }
}

/** The same memory for each: whoever wants to keep a chunk has to copy it. */
function* chunksOf(file: string): Generator<Uint8Array> {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const size = readSync(descriptor, buffer, 0, CHUNK, null);
      if (size === 0) return;
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function withoutBom(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

function* prepend(first: Uint8Array, rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

function textOf(chunks: Iterable<Uint8Array>): string {
  const copies: Uint8Array[] = [];
  let size = 0;
  for (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_YAML_BYTES) {
      throw new StreamError("YAML of this size does not fit into memory; dump it as JSON", 1);
    }
    copies.push(Uint8Array.from(chunk));
  }
  const bytes = Buffer.concat(copies);
  if (bytes.subarray(0, CHUNK).includes(0)) throw new StreamError("the file is binary", 1);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new StreamError("the file is not valid UTF-8", 1);
  }
}
