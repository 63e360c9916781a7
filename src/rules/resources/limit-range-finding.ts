import type { Finding } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import type { Violation, ViolationKind } from "../../kubernetes/limit-range-blame.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { formatQuantity } from "../../kubernetes/quantity-format.ts";
import { hasResource, resourceLocation } from "../../kubernetes/resources.ts";
import { describe } from "./resource-holders.ts";

/** A violation in words; the object is the one whose Pods would be refused. */
export function limitRangeFinding(violation: Violation, object: Judged): Finding {
  const { container, kind, resource, absent } = violation;
  const message = messageOf(violation);
  return {
    message,
    fix: fixOf(violation),
    location: locationOf(violation, object),
    key: `${container?.name ?? "/pod"} ${resource} ${message}`,
    ...(kind === "rivals" ? { atMost: "warn" as const } : {}),
    ...(absent && container !== undefined ? { gap: true } : {}),
  };
}

/** `container api memory limit 4Gi is above max 2Gi of LimitRange limits` */
export function messageOf(violation: Violation): string {
  return `${subjectWords(violation)} ${verdicts[violation.kind](violation)}`;
}

function subjectWords({ container, resource }: Violation): string {
  return `${container === undefined ? "pod" : describe(container)} ${resource}`;
}

type Words = (violation: Violation) => string;

const verdicts: Readonly<Record<ViolationKind, Words>> = {
  rivals: (it) =>
    `${noun(it)} would come from one of LimitRanges ${it.limitRange}, order undefined`,
  order: (it) =>
    it.list === "limits"
      ? `request ${found(it)} exceeds the default limit ${constraint(it)} of LimitRange ${it.limitRange}`
      : `limit ${found(it)} is below the default request ${constraint(it)} of LimitRange ${it.limitRange}`,
  min: (it) =>
    it.found === undefined
      ? `has no request, LimitRange ${it.limitRange} demands at least ${constraint(it)}`
      : `${noun(it)} ${found(it)} is below min ${constraint(it)} of LimitRange ${it.limitRange}`,
  max: (it) =>
    it.found === undefined
      ? `has no limit, LimitRange ${it.limitRange} demands at most ${constraint(it)}`
      : `${noun(it)} ${found(it)} is above max ${constraint(it)} of LimitRange ${it.limitRange}`,
  ratio: (it) =>
    it.found === undefined
      ? `${it.absent ? `has no ${noun(it)}` : `${noun(it)} is 0`}, LimitRange ${it.limitRange} bounds the limit/request ratio`
      : `limit/request ratio ${ratio(it.found)} is above ${ratio(it.constraint)} of LimitRange ${it.limitRange}`,
  "pod-limit": (it) =>
    `default limit ${found(it)} of LimitRange ${it.limitRange} exceeds the pod limit ${constraint(it)}`,
  "pod-request": (it) =>
    `requests with defaults of LimitRange ${it.limitRange} add up to ${found(it)}, the pod has ${constraint(it)}`,
};

function fixOf(violation: Violation): string {
  const { kind, list, resource, container, absent } = violation;
  const wanted = formatQuantity(violation.wanted);
  const key = `resources.${list}.${resource}`;
  if (kind === "rivals") return `set ${key}`;
  if (kind === "ratio" && list === "limits") return `set ${key} above 0`;
  const verb = absent ? "set" : undefined;
  const where = container === undefined ? " of the containers together" : "";
  const isCeiling =
    kind === "max" ||
    kind === "pod-limit" ||
    kind === "pod-request" ||
    (kind === "order" && list === "requests");
  return isCeiling
    ? `${verb ?? "lower"} ${key}${where} to at most ${wanted}`
    : `${verb ?? "raise"} ${key}${where} to at least ${wanted}`;
}

function locationOf({ container, list, resource }: Violation, object: Judged): Location {
  if (container !== undefined) return resourceLocation(container.location, list, resource);
  const { template } = object;
  if (template === undefined) return resourceLocation(field(ROOT, "spec"), list, resource);
  return hasResource(template.spec, list, resource)
    ? resourceLocation(template.specLocation, list, resource)
    : field(template.specLocation, "containers");
}

function noun({ list }: Violation): string {
  return list === "limits" ? "limit" : "request";
}

function found({ found: quantity }: Violation): string {
  return quantity === undefined ? "0" : formatQuantity(quantity);
}

function constraint({ constraint: quantity }: Violation): string {
  return formatQuantity(quantity);
}

/** `8` or `4.5`, never `4500m`. */
function ratio({ nano }: { readonly nano: bigint }): string {
  const thousandths = Number(nano / 1_000_000n);
  return String(thousandths / 1000);
}
