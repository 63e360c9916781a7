import { readFileSync } from "node:fs";

/** As recorded from a real API server: everything the rules ask for, or nothing of it. */
export type Variant = "compliant" | "incomplete";

export const VARIANTS: readonly Variant[] = ["compliant", "incomplete"];

interface Container {
  env?: { name: string; value?: string }[];
  [field: string]: unknown;
}

interface Review {
  request: {
    object: {
      metadata: { managedFields?: unknown[] };
      spec: { template: { spec: { containers: Container[] } } };
    };
  };
}

/** The review as it goes over the wire. */
export function recorded(variant: Variant): string {
  return JSON.stringify(read(variant));
}

/**
 * About `bytes` long, and in order or not as it was: smaller without managedFields, then without the
 * second container and what no rule asks for; larger by environment variables, with the managedFields
 * that the API server would keep of them.
 */
export function sized(variant: Variant, bytes: number): string {
  const review = read(variant);
  const { metadata, spec } = review.request.object;
  const { containers } = spec.template.spec;
  if (length(review) > bytes) delete metadata.managedFields;
  if (length(review) > bytes) {
    containers.length = 1;
    for (const key of ["securityContext", "volumeMounts"]) delete containers[0]?.[key];
  }
  const owned = metadata.managedFields;
  for (let index = 0; length(review) < bytes - 100; index++) {
    const name = `SETTING_${index}`;
    const container = containers[index % containers.length];
    container?.env?.push({ name, value: `value-${index}` });
    if (container?.env === undefined && container) container.env = [];
    owned?.push({ [`k:{"name":"${name}"}`]: { ".": {}, "f:name": {}, "f:value": {} } });
  }
  return JSON.stringify(review);
}

function read(variant: Variant): Review {
  const file = new URL(`../reviews/${variant}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Review;
}

function length(review: Review): number {
  return JSON.stringify(review).length;
}
