/**
 * JSON Patch as kube-apiserver applies it (evanphx/json-patch v4), which differs from RFC 6902:
 * replacing a missing key adds it, indexes go through strconv.Atoi, adding at the root fails.
 */

export class PatchError extends Error {}

type Container = Record<string, unknown> | unknown[];

/** The patched copy. Throws PatchError where the API server refuses the request (or panics). */
export function applyAsApiServer(document: unknown, patch: readonly unknown[]): unknown {
  let root = structuredClone(document);
  for (const entry of patch) {
    const operation = entry as { op?: unknown; path?: unknown; from?: unknown; value?: unknown };
    if (typeof operation?.op !== "string" || typeof operation.path !== "string") {
      throw new PatchError("operation without op or path");
    }
    if (operation.op === "replace" && operation.path === "") root = operation.value;
    else applyOne(root, operation.op, operation.path, operation);
  }
  return root;
}

function applyOne(
  root: unknown,
  op: string,
  path: string,
  { value, from }: { value?: unknown; from?: unknown },
): void {
  const [container, key] = locate(root, path);
  if (op === "add") add(container, key, value ?? null);
  else if (op === "replace") replace(container, key, value ?? null);
  else if (op === "remove") remove(container, key);
  else if (op === "test") test(container, key, value ?? null);
  else if (op === "copy" || op === "move") {
    const [source, sourceKey] = locate(root, String(from));
    const moved = structuredClone(get(source, sourceKey));
    if (op === "move") remove(source, sourceKey);
    // The removal may have taken the target's parent away.
    const [target, targetKey] = locate(root, path);
    add(target, targetKey, moved ?? null);
  } else throw new PatchError(`unexpected kind: ${op}`);
}

function locate(root: unknown, path: string): [Container, string] {
  const parts = path.split("/").slice(1);
  const key = parts.pop();
  if (key === undefined) throw new PatchError(`missing path ${path}`);
  let at = asContainer(root, path);
  for (const part of parts) at = asContainer(get(at, decode(part)), path);
  return [at, decode(key)];
}

function asContainer(value: unknown, path: string): Container {
  if (typeof value !== "object" || value === null) throw new PatchError(`missing path ${path}`);
  return value as Container;
}

function decode(part: string): string {
  return part.replace(/~[01]/g, (code) => (code === "~1" ? "/" : "~"));
}

function get(container: Container, key: string): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  return container[index(key, container.length)];
}

function add(container: Container, key: string, value: unknown): void {
  if (!Array.isArray(container)) set(container, key, value);
  else if (key === "-") container.push(value);
  else container.splice(index(key, container.length + 1), 0, value);
}

function replace(container: Container, key: string, value: unknown): void {
  if (Array.isArray(container)) container[index(key, container.length)] = value;
  else set(container, key, value);
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(index(key, container.length), 1);
  else if (!Object.hasOwn(container, key)) throw new PatchError(`remove of missing key ${key}`);
  else delete container[key];
}

function test(container: Container, key: string, value: unknown): void {
  if (!deepEqual(get(container, key) ?? null, value)) throw new PatchError(`test failed at ${key}`);
}

function set(container: Record<string, unknown>, key: string, value: unknown): void {
  // Assignment would run the setter of __proto__.
  const property = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(container, key, property);
}

/** strconv.Atoi, with negative indexes counted from the end. */
function index(key: string, length: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PatchError(`not an index: ${key}`);
  const at = Number(key);
  if (at >= length || at < -length) throw new PatchError(`index out of bounds: ${key}`);
  return at < 0 ? at + length : at;
}

function deepEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) && deepEqual(get(a as Container, key), get(b as Container, key)),
    )
  );
}
