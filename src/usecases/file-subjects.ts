import type { ClusterView } from "../engine/cluster-view.ts";
import type { Environment } from "../engine/environment.ts";
import type { Policy } from "../engine/policy.ts";
import { StaticView } from "../engine/static-view.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { ToJudge } from "./collected.ts";
import {
  addsToOwner,
  createdSubject,
  lineageOf,
  STAMPED_KINDS,
  speakersFor,
} from "./created-subject.ts";
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
export interface FileSubject<T extends FileObject = FileObject> extends ToJudge {
  readonly source: T;
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
  const { policy, namespace } = settings;
  for (const source of input.objects) {
    const subject = createdSubject("check", source.object, namespace);
    if (policy.isExcluded(subject.namespace)) continue;
    const place = (pointer: string) => ({ file: source.file, ...source.placeOf(pointer) });
    const lineage = STAMPED_KINDS.includes(subject.kind) ? lineageOf(policy, cluster, subject) : {};
    const { judged } = lineage;
    if (judged === undefined) yield { source, subject, lineage, place };
    else if (addsToOwner(policy, "check", subject.kind, judged.kind)) {
      const spokenForBy = speakersFor(subject.kind, judged.kind);
      yield { source, subject: { ...subject, spokenForBy }, lineage, place };
    }
  }
}
