import type { Finding } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { Location } from "../../kubernetes/location.ts";
import {
  NANO_PER_MEBIBYTE,
  NANO_PER_UNIT,
  parseQuantity,
  type Quantity,
  textOf,
} from "../../kubernetes/quantity.ts";
import {
  COMPUTE_RESOURCES,
  type ComputeResource,
  parseResource,
  type ResourceListName,
  resourceLocation,
  writtenResource,
} from "../../kubernetes/resources.ts";
import { describe, judgedContainers } from "./resource-holders.ts";

/** Below it no runtime starts anything useful. */
const LEAST_USEFUL = 4n * NANO_PER_MEBIBYTE;

const LISTS: readonly ResourceListName[] = ["limits", "requests"];

/** What an author most likely did not mean; at most one finding per holder and resource. */
export function* suspiciousQuantities(object: Judged, maxCpu: number): Iterable<Finding> {
  const ceiling = BigInt(maxCpu) * NANO_PER_UNIT;
  for (const container of judgedContainers(object)) {
    for (const resource of COMPUTE_RESOURCES) {
      const doubt = doubtAbout(container.raw, resource, ceiling);
      if (doubt !== undefined) {
        yield findingOf(doubt, describe(container), container.location, container.name);
      }
    }
  }
  const { template } = object;
  if (template === undefined) return;
  for (const resource of COMPUTE_RESOURCES) {
    const doubt = doubtAbout(template.spec, resource, ceiling);
    if (doubt !== undefined) yield findingOf(doubt, "pod", template.specLocation, "/pod");
  }
}

interface Doubt {
  readonly resource: ComputeResource;
  readonly list: ResourceListName;
  readonly text: string;
  readonly reason: string;
  readonly fix: string;
  /** The container cannot start, or the API refuses the value. */
  readonly fatal: boolean;
}

function doubtAbout(
  holder: JsonObject,
  resource: ComputeResource,
  ceiling: bigint,
): Doubt | undefined {
  for (const list of LISTS) {
    const written = writtenResource(holder, list, resource);
    if (written === undefined) continue;
    const amount = parseResource(written);
    if (amount !== undefined && isPlausible(amount, resource, list, ceiling)) continue;
    const text = textOf(written) ?? typeof written;
    return { resource, list, text, ...reasonFor({ amount, resource, list, text, ceiling }) };
  }
  return undefined;
}

function isPlausible(
  { nano }: Quantity,
  resource: ComputeResource,
  list: ResourceListName,
  ceiling: bigint,
): boolean {
  // Zero is res-zero's.
  if (nano === 0n) return true;
  if (nano < 0n) return false;
  if (resource === "cpu") return nano <= ceiling;
  return nano >= LEAST_USEFUL || (list === "requests" && !isSubByte(nano));
}

/** 1.2Gi has a fraction of a byte too, and is meant. */
function isSubByte(nano: bigint): boolean {
  return nano < NANO_PER_MEBIBYTE && nano % NANO_PER_UNIT !== 0n;
}

interface Suspect {
  readonly amount: Quantity | undefined;
  readonly resource: ComputeResource;
  readonly list: ResourceListName;
  readonly text: string;
  readonly ceiling: bigint;
}

function reasonFor({
  amount,
  resource,
  list,
  text,
  ceiling,
}: Suspect): Pick<Doubt, "reason" | "fix" | "fatal"> {
  if (amount === undefined) {
    const example = resource === "cpu" ? "500m" : "512Mi";
    return { reason: "is not a quantity", fix: `write a quantity such as ${example}`, fatal: true };
  }
  if (amount.nano < 0n)
    return { reason: "is negative", fix: "write a positive quantity", fatal: true };
  if (resource === "cpu") {
    return {
      reason: `is above ${ceiling / NANO_PER_UNIT} cores`,
      fix: cpuFix(text, list),
      fatal: false,
    };
  }
  const fatal = list === "limits" && amount.nano < NANO_PER_MEBIBYTE;
  return { reason: memoryReason(amount, fatal), fix: memoryFix(text, list), fatal };
}

/** `500` most likely meant `500m`, `12` did not mean `12m`. */
const milliCores = /^\d{3,5}$/;
/** Of a size that makes sense in Mi. */
const mebibytes = /^(\d{1,5})m?$/;

function cpuFix(text: string, list: ResourceListName): string {
  return milliCores.test(text) ? `write ${text}m` : `lower resources.${list}.cpu`;
}

function memoryFix(text: string, list: ResourceListName): string {
  const digits = mebibytes.exec(text)?.[1];
  return digits === undefined ? `raise resources.${list}.memory` : `write ${digits}Mi`;
}

function memoryReason(amount: Quantity, fatal: boolean): string {
  if (isSubByte(amount.nano)) return `is ${byteWords(amount)}`;
  return fatal ? "is below 1Mi, too little to start" : "is below 4Mi, too little to work";
}

const HALF_FROM = 450_000_000n;
const HALF_TO = 550_000_000n;

function byteWords({ nano }: Quantity): string {
  if (nano >= HALF_FROM && nano <= HALF_TO) return "half a byte";
  return nano < NANO_PER_UNIT ? "less than a byte" : `${nano / NANO_PER_UNIT} bytes and a fraction`;
}

function findingOf(doubt: Doubt, who: string, holder: Location, key: string): Finding {
  const { resource, list, text, reason, fix, fatal } = doubt;
  const noun = list === "limits" ? "limit" : "request";
  return {
    message: `${who} ${resource} ${noun} ${shownText(text)} ${reason}`,
    fix,
    location: resourceLocation(holder, list, resource),
    key: `${key} ${resource} ${list} ${shortened(text)}`,
    ...(fatal ? {} : { atMost: "warn" }),
  };
}

/** What is not a quantity can be of any length. */
function shortened(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 23)}…`;
}

/** A number with a unit, such as 2GB, or one of them alone. */
const nearQuantity = /^[+-]?(?:[0-9][0-9.]{0,19} ?[A-Za-z]{0,3}|[A-Za-z]{1,3})$/;

/** Anything may be written there, a password too. */
function shownText(text: string): string {
  return parseQuantity(text) !== undefined || nearQuantity.test(text)
    ? shortened(text)
    : "(a text)";
}
