import { asObject, type JsonObject, own, ownString } from "../../kubernetes/json.ts";
import type { FileProblem } from "../../usecases/file-input.ts";
import { templateProblem } from "./parse-document.ts";
import type { SourceDocument } from "./source-document.ts";
import { SourceObject } from "./source-object.ts";
import { isUnrendered } from "./template-marks.ts";

export interface Expanded {
  readonly objects: SourceObject[];
  readonly problems: FileProblem[];
  /** Documents that are no Kubernetes objects and do not pretend to be. */
  ignored: number;
}

/** Files that tools read for themselves, whatever they hold. */
const TOOL_FILES =
  /(?:^|[/\\])(?:kustomization\.ya?ml|Kustomization|Chart\.yaml|values[^/\\]*\.ya?ml)$/;

/** The objects of a document: itself, or the items of a List. */
export function expandDocument(document: SourceDocument, into: Expanded): void {
  if (document.value === null) return;
  const root = asObject(document.value);
  if (root === undefined || isToolDocument(document, root)) {
    into.ignored++;
    return;
  }
  expand(document, [], root, into);
}

function expand(
  document: SourceDocument,
  prefix: readonly string[],
  object: JsonObject,
  into: Expanded,
): void {
  const apiVersion = own(object, "apiVersion");
  const kind = own(object, "kind");
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !apiVersion || !kind) {
    if (!pretends(object, prefix)) into.ignored++;
    else into.problems.push(identityProblem(document, prefix, object));
    return;
  }
  const items = own(object, "items");
  if (kind.endsWith("List") && (Array.isArray(items) || kind === "List")) {
    expandItems(document, [...prefix, "items"], object, into);
    return;
  }
  if (isUnrendered(textOf(document, prefix, object), object)) {
    into.problems.push(templateProblem(document.file, document.chunk));
    return;
  }
  into.objects.push(new SourceObject(document, prefix, object));
}

function expandItems(
  document: SourceDocument,
  prefix: readonly string[],
  list: JsonObject,
  into: Expanded,
): void {
  const items = own(list, "items");
  for (const [index, item] of (Array.isArray(items) ? items : []).entries()) {
    const object = asObject(item);
    const at = [...prefix, String(index)];
    if (object !== undefined) expand(document, at, withListKind(list, object), into);
    else into.problems.push(itemProblem(document, at));
  }
}

/** `kubectl get --raw` leaves the kind of the items to the list: DeploymentList. */
function withListKind(list: JsonObject, item: JsonObject): JsonObject {
  const kind = ownString(list, "kind") ?? "";
  if (kind === "List" || own(item, "kind") !== undefined) return item;
  return {
    apiVersion: own(list, "apiVersion"),
    kind: kind.slice(0, -"List".length),
    ...item,
  };
}

/** Half an identity, or none inside a List, next to what only objects have. */
function pretends(object: JsonObject, prefix: readonly string[]): boolean {
  if (prefix.length > 0) return true;
  const hasIdentity = own(object, "apiVersion") !== undefined || own(object, "kind") !== undefined;
  const hasBody = asObject(own(object, "metadata")) ?? asObject(own(object, "spec"));
  return hasIdentity && hasBody !== undefined;
}

function isToolDocument({ file }: SourceDocument, root: JsonObject): boolean {
  const apiVersion = ownString(root, "apiVersion") ?? "";
  if (apiVersion.startsWith("kustomize.config.k8s.io/")) return true;
  return own(root, "metadata") === undefined && TOOL_FILES.test(file.path);
}

function identityProblem(
  document: SourceDocument,
  prefix: readonly string[],
  object: JsonObject,
): FileProblem {
  const key = ownString(object, "apiVersion") ? "kind" : "apiVersion";
  const state = own(object, key) === undefined ? "has no" : "has no usable";
  return {
    file: document.file.path,
    ...document.placeOf([...prefix, key]),
    message: `the object ${state} ${key}`,
    fix: `set ${key}`,
  };
}

function itemProblem(document: SourceDocument, at: readonly string[]): FileProblem {
  return {
    file: document.file.path,
    ...document.placeOf(at),
    message: `item ${at.at(-1)} of the list is no object`,
    fix: "remove the item",
  };
}

/** Items of one List are told apart by their values: a dump holds alert rules beside workloads. */
function textOf(document: SourceDocument, prefix: readonly string[], object: JsonObject): string {
  return prefix.length === 0 ? document.text : JSON.stringify(object);
}
