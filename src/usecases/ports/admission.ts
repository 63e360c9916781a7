import type { Decision } from "../../engine/decision.ts";
import type { JsonObject } from "../../kubernetes/json.ts";

export const ADMISSION_PATHS = ["/mutate", "/validate", "/validate/fail"] as const;

export type AdmissionPath = (typeof ADMISSION_PATHS)[number];

/** admission.k8s.io/v1 AdmissionRequest, envelope checked; the embedded objects are verbatim. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
  };
  /** "" when the request is for the object itself. */
  readonly subResource: string;
  /** "" for a CREATE with generateName. */
  readonly name: string;
  /** "" for cluster-scoped objects; for a Namespace its own name. */
  readonly namespace: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  readonly dryRun: boolean;
}

/** Time left for one request. */
export interface Deadline {
  expired(): boolean;
}

/** Decides one request. Never throws for anything that a request can carry. */
export type Admit = (
  request: AdmissionRequest,
  path: AdmissionPath,
  deadline: Deadline,
) => Decision | Promise<Decision>;
