import type { ClusterView } from "../engine/cluster-view.ts";
import type { Subject } from "../engine/subject.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import type { Audited } from "./audit.ts";
import { type AuditScope, isInScope, isJudgedItself, isLeftToController } from "./audit-scope.ts";
import type { KindAnswer, KindAnswers } from "./audit-view.ts";
import { createdSubject } from "./created-subject.ts";
import { byPlace } from "./snapshot.ts";

/** What a cache holds, as a pass of an audit sees it. */
export class WatchedObjects implements Audited {
  readonly view: ClusterView;
  readonly #kinds: readonly GroupKind[];
  readonly #scope: AuditScope;
  #objects = 0;

  constructor(view: ClusterView, kinds: readonly GroupKind[], scope: AuditScope) {
    this.view = view;
    this.#kinds = kinds;
    this.#scope = scope;
  }

  /** Known once the subjects are. */
  get objects(): number {
    return this.#objects;
  }

  *subjects(): Generator<Subject> {
    this.#objects = 0;
    for (const kind of this.#kinds) {
      if (this.#scope.judged.has(kind)) yield* this.#subjectsOf(kind).sort(byPlace);
    }
  }

  #subjectsOf(kind: GroupKind): Subject[] {
    const { policy } = this.#scope;
    const subjects: Subject[] = [];
    for (const raw of this.view.list(kind)) {
      const subject = createdSubject("audit", raw, "default");
      if (!isInScope(this.#scope, subject)) continue;
      this.#objects += 1;
      // The cache keeps no more of these than what is looked up.
      if (isLeftToController(policy, kind, raw)) continue;
      if (isJudgedItself(policy, this.view, subject)) subjects.push(subject);
    }
    return subjects;
  }
}

/** What a cache can say of each kind at this moment. */
export function answersOf(view: ClusterView, kinds: readonly GroupKind[]): KindAnswers {
  return new Map(
    kinds.map((kind): [GroupKind, KindAnswer] => {
      const state = view.readability(kind);
      if (state !== "unreadable") return [kind, { state }];
      return [kind, { state, reason: view.reason(kind) ?? `${kind} cannot be read` }];
    }),
  );
}
