import fastJsonPatch from "fast-json-patch";
import { asObject, type JsonObject, own } from "../kubernetes/json.ts";
import { type Location, pointerFrom, pointerOf, segmentsOf } from "../kubernetes/location.ts";
import type { PatchOperation } from "./patch-operation.ts";
import type { Addition } from "./rule.ts";

type MutableObject = Record<string, unknown>;

/**
 * Turns absent values into `add` operations. Missing parents are created by one `add` of the whole
 * parent map. What is already there, or lies below something that is no map, is left alone.
 */
export function operationsFor(
  root: JsonObject,
  additions: readonly Addition[],
): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  const created = new Map<string, MutableObject>();
  for (const { location, value } of additions) {
    const segments = segmentsOf(location);
    const missing = firstMissing(root, segments);
    if (missing === undefined) continue;
    if (missing === segments.length - 1) {
      operations.push({ op: "add", path: pointerOf(location), value });
      continue;
    }
    const path = pointerFrom(segments.slice(0, missing + 1));
    let parent = created.get(path);
    if (parent === undefined) {
      parent = {};
      created.set(path, parent);
      operations.push({ op: "add", path, value: parent });
    }
    setNested(parent, segments.slice(missing + 1), value);
  }
  return operations;
}

/**
 * Applies operations to a copy as the API server would, or throws: only `add`, below an existing
 * map, never at the root and never null, which is where RFC 6902 and the server's library agree. The
 * copy shares everything outside the touched paths. `copies` holds what earlier calls copied: the
 * caller's own, so it is changed in place.
 */
export function applyOperations(
  root: JsonObject,
  operations: readonly PatchOperation[],
  copies: Set<unknown> = new Set(),
): JsonObject {
  if (operations.length === 0) return root;
  const copy: MutableObject = copies.has(root) ? root : { ...root };
  copies.add(copy);
  for (const { op, path, value } of operations) {
    if (path === "" || value === null) {
      throw new Error("a patch operation must add a value below the root");
    }
    const end = path.lastIndexOf("/");
    const parent = copyAlong(copy, path, end, copies);
    // The way there is known to exist, so that the library is left with the last step of it.
    fastJsonPatch.applyOperation(parent, { op, path: path.slice(end), value }, true, true);
  }
  return copy;
}

/** Whether something is missing there, below a map that can take it. */
export function canAdd(root: JsonObject, location: Location): boolean {
  return firstMissing(root, segmentsOf(location)) !== undefined;
}

/** Index of the first segment that is absent or null; undefined when nothing can be added. */
function firstMissing(root: JsonObject, segments: readonly string[]): number | undefined {
  let at: unknown = root;
  for (const [index, segment] of segments.entries()) {
    const next: unknown = Array.isArray(at) ? at[Number(segment)] : ownIfObject(at, segment);
    if (next === undefined || next === null) {
      return asObject(at) === undefined ? undefined : index;
    }
    at = next;
  }
  return undefined;
}

function ownIfObject(value: unknown, key: string): unknown {
  return own(asObject(value), key);
}

function setNested(target: MutableObject, segments: readonly string[], value: string): void {
  let at = target;
  for (const segment of segments.slice(0, -1)) {
    const next = asObject(at[segment]) as MutableObject | undefined;
    at[segment] = next ?? {};
    at = at[segment] as MutableObject;
  }
  const last = segments.at(-1);
  if (last !== undefined) at[last] = value;
}

/** Replaces every container on the way to the pointer's last step by a shallow copy, once. */
function copyAlong(
  root: MutableObject,
  pointer: string,
  end: number,
  copies: Set<unknown>,
): MutableObject {
  let at = root;
  for (let from = 1; from <= end; ) {
    const next = pointer.indexOf("/", from);
    at = copiedChild(at, unescaped(pointer.slice(from, next)), copies);
    from = next + 1;
  }
  if (Array.isArray(at)) throw new Error("a patch operation must add to a map");
  return at;
}

function copiedChild(parent: MutableObject, key: string, copies: Set<unknown>): MutableObject {
  const child = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (typeof child !== "object" || child === null) throw new Error("a patch has nowhere to add to");
  if (copies.has(child)) return child as MutableObject;
  const copy = (Array.isArray(child) ? child.slice() : { ...child }) as MutableObject;
  copies.add(copy);
  parent[key] = copy;
  return copy;
}

function unescaped(segment: string): string {
  return segment.includes("~") ? segment.replaceAll("~1", "/").replaceAll("~0", "~") : segment;
}
