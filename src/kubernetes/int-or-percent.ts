/** An intstr.IntOrString that is valid where the API takes counts: `2`, or `"51%"`. */
export interface IntOrPercent {
  readonly value: number;
  readonly isPercent: boolean;
}

const percentPattern = /^[0-9]{1,9}%$/;

/** undefined for what the API refuses: `"2"`, `"1.5%"`, negative numbers. */
export function parseIntOrPercent(value: unknown): IntOrPercent | undefined {
  if (typeof value === "number") {
    return Number.isInteger(value) && value >= 0 ? { value, isPercent: false } : undefined;
  }
  if (typeof value !== "string" || !percentPattern.test(value)) return undefined;
  return { value: Number.parseInt(value, 10), isPercent: true };
}

/** A percentage of `total`, rounded up or down to whole Pods; a number stays what it is. */
export function scaledValue(
  { value, isPercent }: IntOrPercent,
  total: number,
  round: "up" | "down",
): number {
  if (!isPercent) return value;
  const exact = (value * total) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** As people write it: `2`, `51%`. */
export function intOrPercentText({ value, isPercent }: IntOrPercent): string {
  return isPercent ? `${value}%` : String(value);
}
