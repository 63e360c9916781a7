import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import {
  type Container,
  containersOf,
  type PodTemplate,
  podTemplateOf,
} from "../kubernetes/workload.ts";
import type { ComponentClaim } from "./component.ts";
import type { Platform } from "./platform.ts";

export const DOORS = ["admission", "audit", "check"] as const;

export type Door = (typeof DOORS)[number];

export type Operation = "CREATE" | "UPDATE" | "DELETE";

/** One object under judgement, with its workload parts read once for all rules. */
export class Judged {
  readonly kind: GroupKind;
  readonly raw: JsonObject;
  /** What `componentOf` found; ask there. */
  component:
    | { readonly platform: Platform; readonly claim: ComponentClaim | undefined }
    | undefined;
  #template: PodTemplate | undefined | null = null;
  #containers: readonly Container[] | undefined;

  constructor(kind: GroupKind, raw: JsonObject) {
    this.kind = kind;
    this.raw = raw;
  }

  /** undefined for kinds without a pod template, or when it is missing. */
  get template(): PodTemplate | undefined {
    if (this.#template === null) this.#template = podTemplateOf(this.kind, this.raw);
    return this.#template;
  }

  get containers(): readonly Container[] {
    this.#containers ??= containersOf(this.kind, this.raw);
    return this.#containers;
  }
}

/** What is asked of the engine: one object at one door. */
export interface Subject {
  readonly door: Door;
  readonly operation: Operation;
  readonly kind: GroupKind;
  /** "" for the object itself, else `scale`, `resize` … */
  readonly subresource: string;
  /** "" for cluster-scoped objects; for a Namespace its own name. */
  readonly namespace: string;
  /** As shown to people: generateName as `api-*`. */
  readonly name: string;
  /** The new object; on DELETE the one that goes. */
  readonly object: Judged;
  /** Present on UPDATE only. */
  readonly old: Judged | undefined;
  /** "" at the doors that have no requester. */
  readonly user: string;
  readonly dryRun: boolean;
  /** Created by a controller from something that was judged itself: at most audited, never patched. */
  readonly byController: boolean;
  /** Kinds that answer for it: a rule that judges one of them has nothing to say here. */
  readonly spokenForBy?: readonly GroupKind[];
}
