import type { Mode } from "../../src/engine/modes.ts";
import type { Practice } from "../../src/engine/rule.ts";

/** Every rule that the specification names, by practice, in its order. */
export const SPECIFIED: Readonly<Record<Practice, readonly string[]>> = {
  "high-availability": [
    "ha-min-replicas",
    "ha-scale-to-zero",
    "ha-db-operator-managed",
    "ha-spread",
    "ha-update-strategy",
    "ha-session-affinity",
    "pdb-required",
    "pdb-blocks-eviction",
    "pdb-ineffective",
    "pdb-overlap",
    "pdb-selector",
    "pdb-unhealthy-policy",
    "pdb-delete-protect",
    "pdb-generate",
  ],
  resources: [
    "res-requests-required",
    "res-limits-required",
    "res-zero",
    "res-request-exceeds-limit",
    "res-limitrange-conflict",
    "res-quantity-suspicious",
    "res-resize",
    "res-default",
    "res-usage-near-limit",
  ],
  monitoring: [
    "mon-scrape-target",
    "mon-probes",
    "mon-otel",
    "mon-alerts-baseline",
    "mon-alert-delete",
    "mon-dashboards",
    "mon-layer-present",
    "mon-drill",
  ],
  backup: [
    "backup-coverage",
    "backup-frequency",
    "backup-retention",
    "backup-location-offcluster",
    "backup-delete-protect",
    "backup-recent",
    "backup-restore-drill",
    "backup-config-gitops",
    "backup-failing",
  ],
  upgrades: [
    "upgrade-one-layer",
    "upgrade-fresh-backup",
    "upgrade-rollback-allowed",
    "upgrade-mutable-tag",
    "upgrade-evidence",
    "upgrade-skip",
  ],
  namespaces: [
    "label-default",
    "ns-component-layer",
    "ns-component-label",
    "ns-layer-label",
    "ns-layer-move",
    "ns-default",
    "ns-single-namespace",
    "ns-quota-limits",
    "ns-psa",
  ],
  secrets: [
    "secret-env-literal",
    "secret-args-literal",
    "secret-configmap",
    "secret-gitops-values",
    "secret-rotation",
    "secret-external",
  ],
  network: [
    "net-service-exposure",
    "net-route-to-data",
    "net-policy-open",
    "net-default-deny",
    "net-host-access",
    "net-mtls",
    "net-review",
  ],
  operations: [
    "file-parse",
    "exempt-valid",
    "exempt-unauthorized",
    "val-ready-report",
    "ts-oom-evicted",
    "ts-rollout-slow",
    "ts-backup-job",
    "ts-upgrade-broken",
  ],
};

/** A specified rule that is not shipped. */
export interface Unshipped {
  readonly mode: Mode;
  readonly kinds: string;
  readonly state: string;
  readonly reason: string;
}

const AUDIT = "speaks in the audit";
const EXEMPTIONS = "comes with exemptions";

export const UNSHIPPED: Readonly<Record<string, Unshipped>> = {
  "pdb-generate": {
    mode: "off",
    kinds: "PodDisruptionBudget",
    state: "",
    reason: "left out on purpose: the message of pdb-required carries a ready manifest",
  },
  "exempt-valid": {
    mode: "enforce",
    kinds: "PolicyExemption",
    state: "",
    reason: EXEMPTIONS,
  },
  "exempt-unauthorized": {
    mode: "enforce",
    kinds: "workloads",
    state: "SubjectAccessReview",
    reason: EXEMPTIONS,
  },
  "val-ready-report": audited("the whole cluster", "what its lines rest on"),
};

function audited(kinds: string, state: string): Unshipped {
  return { mode: "audit", kinds, state, reason: AUDIT };
}
