import type { ClusterView } from "../engine/cluster-view.ts";
import type { Environment } from "../engine/environment.ts";
import { kindWord, type Policy } from "../engine/policy.ts";
import { StaticView } from "../engine/static-view.ts";
import { Judged, type Subject } from "../engine/subject.ts";
import { type JsonObject, ownString } from "../kubernetes/json.ts";
import { type GroupKind, groupKindOf, kindInfo } from "../kubernetes/kinds.ts";
import { displayNameOf, nameOf, namespaceOf } from "../kubernetes/object.ts";
import { type ControllerReference, controllerOf, topOwnerOf } from "../kubernetes/owner.ts";
import type { FileInput, FileObject } from "./file-input.ts";

export interface CheckSettings {
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of objects that name none. */
  readonly namespace: string;
  /** Objects that are assumed to be in the cluster; those of the files win. */
  readonly state: readonly JsonObject[];
  /** Whether the report tells where components sit; default false. */
  readonly inventory?: boolean;
}

/** An object of a file, ready to be judged. */
export interface FileSubject<T extends FileObject = FileObject> {
  readonly source: T;
  readonly subject: Subject;
  /** A controller that nobody here judges: its children speak for it, once. */
  readonly owner: ControllerReference | undefined;
}

/** The files are taken as all there is, with the state behind them. */
export function environmentOf(input: FileInput, settings: CheckSettings): Environment {
  const objects = [...settings.state, ...input.objects.map(({ object }) => object)];
  return {
    policy: settings.policy,
    cluster: new StaticView(objects, settings.namespace),
    now: settings.now,
  };
}

/**
 * What is judged: not what the policy excludes, and not what a controller that is judged itself
 * has stamped out.
 */
export function* subjectsOf<T extends FileObject>(
  input: FileInput<T>,
  settings: CheckSettings,
  cluster: ClusterView,
): Generator<FileSubject<T>> {
  for (const source of input.objects) {
    const subject = subjectOf(source.object, settings.namespace);
    if (settings.policy.isExcluded(subject.namespace)) continue;
    if (!STAMPED_KINDS.has(subject.kind)) {
      yield { source, subject, owner: undefined };
      continue;
    }
    const top = topOwnerOf(source.object, (kind, name) =>
      cluster.get(kind, subject.namespace, name),
    );
    if (top !== undefined && settings.policy.judges(top.kind)) continue;
    yield { source, subject, owner: controllerOf(source.object) };
  }
}

const STAMPED_KINDS: ReadonlySet<GroupKind> = new Set(["Pod", "ReplicaSet.apps", "Job.batch"]);

/** `fix it in the Rollout spec`: the child is written anew by its controller. */
export function ownerAdvice(owner: ControllerReference, fix: string): string {
  return `fix it in the ${kindWord(owner.kind)} spec: ${fix}`;
}

function subjectOf(raw: JsonObject, defaultNamespace: string): Subject {
  const kind = groupKindOf(ownString(raw, "apiVersion") ?? "", ownString(raw, "kind") ?? "");
  return {
    door: "check",
    operation: "CREATE",
    kind,
    subresource: "",
    namespace: namespaceFor(kind, raw, defaultNamespace),
    name: displayNameOf(raw) ?? "",
    object: new Judged(kind, raw),
    old: undefined,
    user: "",
    dryRun: false,
    byController: false,
  };
}

function namespaceFor(kind: GroupKind, raw: JsonObject, defaultNamespace: string): string {
  if (kind === "Namespace") return nameOf(raw) ?? "";
  if (kindInfo(kind)?.namespaced === false) return "";
  return namespaceOf(raw) ?? defaultNamespace;
}
