import { NANO_PER_UNIT, type Quantity } from "./quantity.ts";

const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * Canonical text, as the API stores it: the largest suffix of the same family that leaves no
 * fraction (`1024Mi` prints `1Gi`, `0.5` prints `500m`, `1.5Gi` prints `1536Mi`). Binary values
 * below 1024 or with a fraction print as decimals. Source: Quantity.CanonicalizeBytes; unlike it,
 * 1000E keeps its suffix.
 */
export function formatQuantity(quantity: Quantity): string {
  const { nano, format } = quantity;
  if (nano === 0n) return "0";
  const sign = nano < 0n ? "-" : "";
  const size = nano < 0n ? -nano : nano;
  if (format === "binary" && isBinary(size)) return sign + binaryText(size / NANO_PER_UNIT);
  return sign + decimalText(size, format === "exponent");
}

function isBinary(size: bigint): boolean {
  return size >= 1024n * NANO_PER_UNIT && size % NANO_PER_UNIT === 0n;
}

function binaryText(units: bigint): string {
  let rest = units;
  let step = 0;
  while (rest % 1024n === 0n && step < binarySuffixes.length - 1) {
    rest /= 1024n;
    step++;
  }
  return `${rest}${binarySuffixes[step]}`;
}

function decimalText(nano: bigint, asExponent: boolean): string {
  let rest = nano;
  let step = 0;
  const last = asExponent ? Number.POSITIVE_INFINITY : decimalSuffixes.length - 1;
  while (rest % 1000n === 0n && step < last) {
    rest /= 1000n;
    step++;
  }
  if (!asExponent) return `${rest}${decimalSuffixes[step]}`;
  const exponent = (step - 3) * 3;
  return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
}
