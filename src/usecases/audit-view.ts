import type { ClusterView, ObjectSet, Readability } from "../engine/cluster-view.ts";
import type { IndexName } from "../engine/indexes.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";

/** What a cluster, or a dump of one, answered when it was asked for all objects of a kind. */
export type KindAnswer =
  | { readonly state: "readable" | "absent" }
  | {
      readonly state: "unreadable";
      /** One sentence that names the missing permission. */
      readonly reason: string;
      /** What could be read all the same. */
      readonly namespaces?: ReadonlySet<string>;
    };

export type KindAnswers = ReadonlyMap<GroupKind, KindAnswer>;

/** Relations of these never leave their namespace: those of one namespace are enough for it. */
const LOCAL: ReadonlySet<GroupKind> = new Set([
  "Pod",
  "ReplicationController",
  "LimitRange",
  "ResourceQuota",
  "PersistentVolumeClaim",
  "ConfigMap",
  "ReplicaSet.apps",
  "ControllerRevision.apps",
  "Job.batch",
  "CronJob.batch",
  "Pooler.postgresql.cnpg.io",
  "HorizontalPodAutoscaler.autoscaling",
  "ScaledObject.keda.sh",
  "PodDisruptionBudget.policy",
  "NetworkPolicy.networking.k8s.io",
  "Backup.postgresql.cnpg.io",
  "ScheduledBackup.postgresql.cnpg.io",
  "ObjectStore.barmancloud.cnpg.io",
  "VolumeSnapshot.snapshot.storage.k8s.io",
]);

export function isLocal(kind: GroupKind): boolean {
  return LOCAL.has(kind);
}

/** The objects of a snapshot, with what could not be read of the cluster. */
export class AuditView implements ClusterView {
  readonly #objects: ClusterView;
  readonly #answers: KindAnswers;
  /** Undefined: the cluster as a whole. */
  readonly #namespace: string | undefined;

  constructor(objects: ClusterView, answers: KindAnswers, namespace?: string) {
    this.#objects = objects;
    this.#answers = answers;
    this.#namespace = namespace;
  }

  /** The same, for what is asked about one namespace only. */
  seenFrom(namespace: string): AuditView {
    return new AuditView(this.#objects, this.#answers, namespace);
  }

  readability(kind: GroupKind): Readability {
    const answer = this.#answers.get(kind);
    if (answer === undefined) return "unreadable";
    return answer.state === "unreadable" && this.#isReadHere(kind, answer.namespaces)
      ? "readable"
      : answer.state;
  }

  reason(kind: GroupKind): string | undefined {
    if (this.readability(kind) !== "unreadable") return undefined;
    const answer = this.#answers.get(kind);
    return answer?.state === "unreadable" ? answer.reason : `${kind} was not read`;
  }

  get(kind: GroupKind, namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(kind, namespace, name);
  }

  list(kind: GroupKind, namespace?: string): Iterable<JsonObject> {
    return this.#objects.list(kind, namespace);
  }

  byIndex(kind: GroupKind, index: IndexName, key: string): ObjectSet {
    return this.#objects.byIndex(kind, index, key);
  }

  selecting(
    kind: GroupKind,
    namespace: string,
    labels: JsonObject | undefined,
  ): Iterable<JsonObject> {
    return this.#objects.selecting(kind, namespace, labels);
  }

  #isReadHere(kind: GroupKind, namespaces: ReadonlySet<string> | undefined): boolean {
    const here = this.#namespace;
    return here !== undefined && LOCAL.has(kind) && namespaces?.has(here) === true;
  }
}
