import { z } from "zod";
import { MODES } from "../engine/modes.ts";
import {
  DATE,
  endOfDay,
  IMAGE_GLOB,
  LABEL_KEY,
  LABEL_VALUE,
  NAME,
  NAMESPACE_GLOB,
  OBJECT_GLOB,
  QUANTITY,
  RULE_GLOB,
} from "./policy-formats.ts";

const nonEmpty = { error: "is an empty list, which names nothing: fill it or leave it out" };

export const nameSchema = z
  .string()
  .regex(NAME, "must be lower-case letters, digits and dashes, at most 63");

const quantityWords = "must be a quantity such as 500m, 2 or 2Gi";

const quantity = z
  .union(
    [z.string().regex(QUANTITY, quantityWords), z.number(quantityWords).positive().max(1e15)],
    quantityWords,
  )
  .describe("Kubernetes quantity: 500m, 2, 512Mi");

const amounts = z
  .strictObject({ cpu: quantity.optional(), memory: quantity.optional() })
  .describe("Amounts of cpu and memory");

export const resourcesSchema = z.strictObject({
  requests: amounts.optional(),
  limits: amounts.optional(),
});

export const labelsSchema = z.record(
  z.string().regex(LABEL_KEY, "is not a label key"),
  z.string().regex(LABEL_VALUE, "is not a label value: letters, digits, - _ . and at most 63"),
);

export const modeSchema = z
  .enum(MODES)
  .describe("enforce denies, warn allows with a warning, audit only reports, off is silent");

export const layerSchema = z.strictObject({
  name: nameSchema.describe("Value of the label policy.keymate.io/layer"),
  namespaces: z
    .array(
      z
        .string()
        .regex(
          NAMESPACE_GLOB,
          "must be a namespace name or a * glob: lower-case letters, digits, -",
        ),
    )
    .optional()
    .describe("Names or * globs of the namespaces that belong to it"),
});

const match = z.strictObject({
  labels: labelsSchema.optional().describe("Any one of these labels infers the component"),
  images: z
    .array(z.string().regex(IMAGE_GLOB, "must be an image name or * glob without tag or digest"))
    .optional()
    .describe(
      "Globs over the last path segment of an image, without tag and digest; a glob with a / is held against the whole name, registry included",
    ),
});

export const componentSchema = z.strictObject({
  name: nameSchema.describe("Value of the label policy.keymate.io/component"),
  layer: nameSchema.optional().describe("The layer it belongs to"),
  critical: z.boolean().optional().describe("Whether availability rules may block it"),
  minReplicas: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe("Smallest number of replicas in production; 2 if critical, else 1"),
  resources: resourcesSchema.optional().describe("Its own resource defaults"),
  match: match.optional().describe("What infers it where the label is missing; never enforces"),
});

export const ruleSchema = z.strictObject({
  mode: modeSchema.optional(),
  params: z.record(z.string(), z.unknown()).optional().describe("Parameters of this rule"),
});

export const overrideSchema = z.strictObject({
  namespaces: z
    .array(z.string().regex(NAMESPACE_GLOB, "must be a namespace name or a * glob"))
    .min(1, nonEmpty)
    .optional()
    .describe("Names or * globs of namespaces"),
  rules: z
    .array(z.string().regex(RULE_GLOB, "must be a rule id or a * glob"))
    .min(1, nonEmpty)
    .optional()
    .describe("Rule ids or * globs"),
  objects: z
    .array(z.string().regex(OBJECT_GLOB, "must be Kind/name, for example Deployment/*"))
    .min(1, nonEmpty)
    .optional()
    .describe("Kind/name, * globs"),
  mode: modeSchema.describe("The mode that holds instead, before the caps"),
  until: z
    .string()
    .regex(DATE, "must be a date such as 2027-03-31")
    .refine((date) => !DATE.test(date) || endOfDay(date) !== undefined, "is not in the calendar")
    .optional()
    .describe("Last day on which it holds, UTC; required for anything weaker than the policy"),
  reason: z.string().max(500).optional().describe("Why, for whoever reads the policy"),
});
