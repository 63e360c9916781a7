/**
 * How a quantity was written, which decides how it is printed: `1500m` and `2M` are decimal,
 * `2Mi` is binary, `2e6` is exponent.
 */
export type QuantityFormat = "decimal" | "binary" | "exponent";

/**
 * A Kubernetes resource.Quantity (apimachinery pkg/api/resource). One unit is one byte or one
 * core; the value is exact in billionths of it.
 */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

export const NANO_PER_UNIT = 1_000_000_000n;
export const NANO_PER_MILLI = 1_000_000n;
export const NANO_PER_MEBIBYTE = 1_048_576n * NANO_PER_UNIT;

export const ZERO: Quantity = { nano: 0n, format: "decimal" };

/** No real quantity is longer; parsing stays cheap whatever a request carries. */
const MAX_LENGTH = 256;
/** Exponents beyond it say "more than anything" or "next to nothing" and count as this one. */
const MAX_EXPONENT = 300;
/** apimachinery caps binary quantities at the largest int64. */
const MAX_BINARY_NANO = (2n ** 63n - 1n) * NANO_PER_UNIT;

const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

const decimalExponents = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);

const binaryExponents = new Map([
  ["Ki", 10],
  ["Mi", 20],
  ["Gi", 30],
  ["Ti", 40],
  ["Pi", 50],
  ["Ei", 60],
]);

/**
 * Reads what a manifest or a custom resource may carry: a string or a JSON number. Outer blanks
 * are dropped as the JSON decoder of apimachinery does. Finer than a billionth rounds away from
 * zero. undefined for everything that is not a quantity.
 */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix] = match;
  const digits = whole + fraction;
  if (digits === "") return undefined;
  const amount = { digits: BigInt(digits), decimals: fraction.length };
  const binary = suffix === undefined ? undefined : binaryExponents.get(suffix);
  const size =
    binary === undefined ? decimalNano(amount, exponent, suffix) : binaryNano(amount, binary);
  return { nano: sign === "-" ? -size : size, format: formatOf(binary, exponent) };
}

/** What a person wrote, trimmed; undefined for what cannot be a quantity. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.length > MAX_LENGTH ? undefined : value.trim();
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

/** Rounds away from zero to a whole 1m, as the API does in every resource list. */
export function roundUpToMilli(quantity: Quantity): Quantity {
  const { nano, format } = quantity;
  if (nano % NANO_PER_MILLI === 0n) return quantity;
  const milli = ceilDivide(nano < 0n ? -nano : nano, NANO_PER_MILLI) * NANO_PER_MILLI;
  return { nano: nano < 0n ? -milli : milli, format };
}

/** Negative, 0 or positive, for sorting; how the two are written does not matter. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  if (left.nano === right.nano) return 0;
  return left.nano < right.nano ? -1 : 1;
}

export function maxQuantity(left: Quantity, right: Quantity): Quantity {
  return right.nano > left.nano ? right : left;
}

export function minQuantity(left: Quantity, right: Quantity): Quantity {
  return right.nano < left.nano ? right : left;
}

/** The sum, written like the first that is not zero. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  const { format } = left.nano === 0n ? right : left;
  return { nano: left.nano + right.nano, format };
}

interface Amount {
  readonly digits: bigint;
  readonly decimals: number;
}

function decimalNano(amount: Amount, exponent: string | undefined, suffix: string | undefined) {
  const written = exponent === undefined ? 0 : Number(exponent.slice(1));
  const scale = suffix === undefined ? clamp(written) : (decimalExponents.get(suffix) ?? 0);
  const shift = scale - amount.decimals + 9;
  return shift >= 0
    ? amount.digits * 10n ** BigInt(shift)
    : ceilDivide(amount.digits, 10n ** BigInt(-shift));
}

function binaryNano(amount: Amount, exponent: number): bigint {
  const numerator = (amount.digits << BigInt(exponent)) * NANO_PER_UNIT;
  const nano = ceilDivide(numerator, 10n ** BigInt(amount.decimals));
  return nano > MAX_BINARY_NANO ? MAX_BINARY_NANO : nano;
}

function formatOf(binary: number | undefined, exponent: string | undefined): QuantityFormat {
  if (binary !== undefined) return "binary";
  return exponent === undefined ? "decimal" : "exponent";
}

function clamp(exponent: number): number {
  return Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent));
}

/** Both positive or zero. */
function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
