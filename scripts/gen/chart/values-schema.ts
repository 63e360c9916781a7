import { z } from "zod";
import type { SettingTable } from "../../../src/config/setting-spec.ts";
import { COMMAND_SETTINGS } from "../../../src/config/settings-all.ts";
import { SERVE_SETTINGS } from "../../../src/config/settings-serve.ts";
import { settingValues } from "./setting-values.ts";

/** Settings of `serve` that follow from other values: the policy's file, the port of the Service. */
export const DERIVED_FROM: Readonly<Record<string, string>> = {
  policy: "policy",
  servicePort: "service.port",
};

/** What an audit in the cluster has no choice about. */
const DERIVED_FOR_AUDIT = [
  ...["policy", "watch", "from", "kubeconfig", "context", "output", "format", "failOn"],
  "leaderElect",
];

const text = z.string().min(1);
const texts = z.record(z.string(), z.string());
const port = z.int().min(1).max(65_535);
/** Kubernetes judges what is in it. */
const anything = z.record(z.string(), z.unknown());
const list = z.array(anything);
const quantity = z.union([z.string().regex(/^[0-9.]+[A-Za-z]*$/), z.number()]);
const quantities = z.record(z.string(), quantity);
const resources = z.strictObject({ requests: quantities, limits: quantities }).partial();

const image = z.strictObject({
  repository: text,
  tag: z.string().regex(/^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/),
  digest: z.string().regex(/^(?:sha256:[a-f0-9]{64})?$/),
  pullPolicy: z.enum(["", "Always", "IfNotPresent", "Never"]),
  pullSecrets: z.array(z.strictObject({ name: text })),
});

const toleration = z
  .strictObject({
    key: z.string(),
    operator: z.string(),
    value: z.string(),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    tolerationSeconds: z.int(),
  })
  .partial();

const networkPolicy = z.strictObject({
  enabled: z.boolean(),
  metricsFrom: list,
  apiServerPorts: z.array(port).min(1),
  extraIngress: list,
  extraEgress: list,
});

const issuerRef = z
  .strictObject({ name: text, kind: z.enum(["Issuer", "ClusterIssuer"]), group: text })
  .partial();
const certManager = z.strictObject({ enabled: z.boolean(), issuerRef, duration: text });

const monitoring = z.strictObject({
  serviceMonitor: z.strictObject({ enabled: z.boolean(), interval: text, labels: texts }),
  rules: z.strictObject({ enabled: z.boolean(), labels: texts }),
  dashboard: z.strictObject({ enabled: z.boolean(), labels: texts, annotations: texts }),
});

const commands: Readonly<Record<string, SettingTable>> = COMMAND_SETTINGS;
const auditSettings = commands["audit"] ?? {};

/** Whether there is a command for the Deployment of the audit to run. */
export const AUDIT_WATCHES = auditSettings["watch"] !== undefined;

const audit = z.strictObject({
  enabled: z.boolean(),
  settings: settingValues(auditSettings, DERIVED_FOR_AUDIT),
  resources,
});

/** The values of the chart. Helm merges what is given over values.yaml, and judges the whole. */
export const valuesSchema = z.strictObject({
  serve: settingValues(SERVE_SETTINGS, Object.keys(DERIVED_FROM)),
  policy: anything,
  image,
  replicas: z.int().min(1),
  resources,
  podDisruptionBudget: z.strictObject({ enabled: z.boolean(), minAvailable: z.int().min(0) }),
  priorityClassName: z.string(),
  resourceQuota: z.strictObject({ enabled: z.boolean(), pods: z.int().min(1) }),
  nodeSelector: texts,
  tolerations: z.array(toleration),
  affinity: anything,
  topologySpreadConstraints: list,
  terminationGracePeriodSeconds: z.int().min(1),
  service: z.strictObject({ port, opsPort: port }),
  commonLabels: texts,
  commonAnnotations: texts,
  podLabels: texts,
  podAnnotations: texts,
  serviceAccount: z.strictObject({ annotations: texts }),
  extraEnv: z.array(z.looseObject({ name: text })),
  extraVolumes: z.array(z.looseObject({ name: text })),
  extraVolumeMounts: z.array(z.looseObject({ name: text, mountPath: text })),
  networkPolicy,
  certificates: z.strictObject({ secretName: text, certManager }),
  monitoring,
  audit,
  global: z.optional(anything).describe("What Helm hands to every chart; not used"),
});
