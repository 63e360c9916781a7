import type { Policy } from "../engine/policy.ts";
import { StaticView } from "../engine/static-view.ts";
import type { Subject } from "../engine/subject.ts";
import { compareText } from "../engine/text.ts";
import { type JsonObject, own } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { withAskedManagers } from "../kubernetes/managed-fields.ts";
import { nameOf, specOf } from "../kubernetes/object.ts";
import { type AuditScope, isInScope, isJudgedItself } from "./audit-scope.ts";
import { type AuditedKinds, auditedKinds, SECRETS } from "./audited-kinds.ts";
import { createdSubject, kindOf } from "./created-subject.ts";

export interface SnapshotOptions {
  readonly policy: Policy;
  /** Only what lives in these is judged; none: all but those that the policy excludes. */
  readonly namespaces: readonly string[];
  /** Kinds that somebody asked for; see `Rule.optIn`. */
  readonly optedIn?: ReadonlySet<GroupKind>;
  /** Cuts an object to what is looked up about it. */
  readonly project: (kind: GroupKind, object: JsonObject) => JsonObject;
}

/**
 * The objects of a cluster, as they come in: whole where they are to be judged, else cut to what
 * rules look up. What a controller has stamped out is cut too, where the controller answers for it.
 */
export class Snapshot {
  readonly kinds: AuditedKinds;
  readonly view: StaticView = new StaticView([]);
  readonly #options: SnapshotOptions;
  readonly #wanted: ReadonlySet<GroupKind>;
  readonly #scope: AuditScope;
  readonly #subjects = new Map<string, JsonObject>();
  readonly #counted = new Set<string>();

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.kinds = auditedKinds(options.policy, options.optedIn);
    this.#wanted = new Set(this.kinds.all);
    const { policy, namespaces } = options;
    this.#scope = { policy, judged: this.kinds.judged, namespaces: new Set(namespaces) };
  }

  /** Objects that the answers speak of, those that their controllers answer for included. */
  get objects(): number {
    return this.#counted.size;
  }

  /** Takes an object of whatever kind; the last one of a name counts. */
  add(raw: JsonObject): void {
    const kind = kindOf(raw);
    if (kind === CRD) this.view.add(cutCrd(raw));
    if (!this.#wanted.has(kind)) return;
    const subject = createdSubject("audit", asKept(kind, raw), "default");
    const key = `${kind} ${subject.namespace}/${subject.name}`;
    this.#subjects.delete(key);
    this.#counted.delete(key);
    if (isInScope(this.#scope, subject)) {
      this.#counted.add(key);
      if (isJudgedItself(this.#scope.policy, this.view, subject)) {
        this.#subjects.set(key, subject.object.raw);
        this.view.add(subject.object.raw);
        return;
      }
    }
    this.view.add(this.#options.project(kind, raw));
  }

  /** What is to be judged, by kind in the order of reading, then by namespace and name. */
  *subjects(): Generator<Subject> {
    const byKind = new Map<GroupKind, Subject[]>();
    for (const raw of this.#subjects.values()) {
      const subject = createdSubject("audit", raw, "default");
      const list = byKind.get(subject.kind) ?? [];
      byKind.set(subject.kind, list);
      list.push(subject);
    }
    for (const kind of this.kinds.all) yield* (byKind.get(kind) ?? []).sort(byPlace);
  }
}

const CRD: GroupKind = "CustomResourceDefinition.apiextensions.k8s.io";

/** Schemas are the largest objects of a cluster; only what is served is of interest. */
function cutCrd(raw: JsonObject): JsonObject {
  const spec = specOf(raw);
  const { apiVersion, kind } = raw;
  const kept = { group: own(spec, "group"), names: own(spec, "names") };
  return { apiVersion, kind, metadata: { name: nameOf(raw) }, spec: kept };
}

/** An object that is judged: whole, but for secret values, which a dump may hold. */
export function asKept(kind: GroupKind, raw: JsonObject): JsonObject {
  const object = withAskedManagers(kind, raw);
  if (!SECRETS.has(kind)) return object;
  const { apiVersion, metadata } = object;
  return { apiVersion, kind: object["kind"], metadata };
}

export function byPlace(left: Subject, right: Subject): number {
  return compareText(left.namespace, right.namespace) || compareText(left.name, right.name);
}
