import { z } from "zod";
import { LABEL_VALUE } from "./policy-formats.ts";
import {
  componentSchema,
  labelsSchema,
  layerSchema,
  modeSchema,
  nameSchema,
  overrideSchema,
  resourcesSchema,
  ruleSchema,
} from "./policy-parts.ts";

export const API_VERSION = "policy.keymate.io/v1alpha1";
export const KIND = "PlatformPolicy";
export const EXTENDS = ["keymate", "none"] as const;
export const PROFILES = ["production", "staging", "development"] as const;

const exact = (what: string) =>
  z.string().regex(/^[^*\s]{1,253}$/, `must be an exact ${what}: globs do not work here`);

const extendsSchema = z
  .enum(EXTENDS)
  .optional()
  .describe("keymate: laid over the embedded policy. none: starts from nothing");

const OWN_GROUP =
  "must be one group of your own, such as keymate:break-glass; groups of Kubernetes (system:…) are never exempted";

const spec = z.strictObject({
  extends: extendsSchema,
  profile: z.enum(PROFILES).optional().describe("staging and development cap every rule at warn"),
  platform: z
    .string()
    .min(1, "must not be empty")
    .regex(LABEL_VALUE, "is not a label value")
    .optional()
    .describe("Value of app.kubernetes.io/part-of"),
  layers: z.array(layerSchema).optional().describe("Lowest first: the order of upgrades"),
  components: z.array(componentSchema).optional().describe("What the platform is made of"),
  defaults: z
    .strictObject({
      resources: resourcesSchema.optional().describe("For containers that say nothing"),
      labels: labelsSchema.optional().describe("Extra labels for every workload"),
    })
    .optional()
    .describe("What admission fills in"),
  rules: z.record(z.string(), ruleSchema).optional().describe("Mode and parameters by rule id"),
  overrides: z.array(overrideSchema).optional().describe("Staged adoption: the first match wins"),
  unlayered: modeSchema.optional().describe("Strictest mode outside layer namespaces"),
  trustedControllers: z
    .array(exact("user name"))
    .optional()
    .describe("Operators whose Pods and budgets are audited, never blocked"),
  excludedNamespaces: z.array(exact("namespace name")).optional().describe("Never judged"),
  breakGlassGroup: z
    .string()
    // Without look-ahead: the schema is also read by Go (Helm), whose expressions have none.
    .regex(/^[A-Za-z0-9][A-Za-z0-9:@._/-]{0,252}$/, OWN_GROUP)
    .refine((group) => !group.startsWith("system:"), OWN_GROUP)
    .optional()
    .describe("Its members bypass the guard, for emergencies. None unless named"),
});

/** A policy file as a user writes it: everything but apiVersion and kind may be left out. */
export const policySchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(KIND),
  metadata: z.strictObject({ name: nameSchema }).optional(),
  extends: extendsSchema,
  spec: spec.optional(),
});

export type PolicyDocument = z.output<typeof policySchema>;
export type PolicySpec = NonNullable<PolicyDocument["spec"]>;
export type ComponentSource = NonNullable<PolicySpec["components"]>[number];
export type OverrideSource = NonNullable<PolicySpec["overrides"]>[number];
export type ResourcesSource = z.output<typeof resourcesSchema>;
