/** Range of one field of a schedule, with the names that may stand for its values. */
export interface FieldBounds {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly names?: ReadonlyMap<string, number>;
}

/** The values of one field, ascending. */
export interface CronField {
  readonly values: readonly number[];
  /** Unrestricted as far as the rule for day of month and day of week is concerned. */
  readonly star: boolean;
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const WEEKDAYS = "sun mon tue wed thu fri sat".split(" ");

export const SECONDS: FieldBounds = { label: "second", min: 0, max: 59 };
export const MINUTES: FieldBounds = { label: "minute", min: 0, max: 59 };
export const HOURS: FieldBounds = { label: "hour", min: 0, max: 23 };
export const DAYS_OF_MONTH: FieldBounds = { label: "day of month", min: 1, max: 31 };
export const MONTHS_OF_YEAR: FieldBounds = {
  label: "month",
  min: 1,
  max: 12,
  names: new Map(MONTHS.map((name, index) => [name, index + 1])),
};
/** robfig/cron takes 0 to 6: a 7 for Sunday is an error. */
export const DAYS_OF_WEEK: FieldBounds = {
  label: "day of week",
  min: 0,
  max: 6,
  names: new Map(WEEKDAYS.map((name, index) => [name, index])),
};

/** How a step over everything counts: robfig v1 keeps calling it a star, v3 does not. */
export interface FieldDialect {
  readonly steppedStar: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly star: boolean;
}

/** Reads `1-5,10/20,jan` as robfig/cron does (getField, getRange); an error is a short text. */
export function parseCronField(
  text: string,
  bounds: FieldBounds,
  dialect: FieldDialect,
): CronField | string {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(",")) {
    // Go's FieldsFunc drops what is empty between commas.
    if (part === "") continue;
    const range = parseRange(part, bounds, dialect);
    if (typeof range === "string") return `${bounds.label} ${range}`;
    if (range.star) star = true;
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
  }
  return { values: [...values].sort((a, b) => a - b), star };
}

function parseRange(part: string, bounds: FieldBounds, dialect: FieldDialect): Range | string {
  const [span = "", stepText, ...more] = part.split("/");
  if (more.length > 0) return "has too many slashes";
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (step === undefined || step === 0) return "has a step that is no positive number";
  const limits = parseSpan(span, bounds, stepText !== undefined);
  if (typeof limits === "string") return limits;
  if (limits.start < bounds.min || limits.end > bounds.max) {
    return `is outside ${bounds.min} to ${bounds.max}`;
  }
  if (limits.start > limits.end) return "begins after its end";
  return { ...limits, step, star: limits.star && (step === 1 || dialect.steppedStar) };
}

/** `N/step` runs from N to the end of the field. */
function parseSpan(
  span: string,
  bounds: FieldBounds,
  stepped: boolean,
): Omit<Range, "step"> | string {
  const [low = "", high, ...more] = span.split("-");
  if (low === "*" || low === "?") return { start: bounds.min, end: bounds.max, star: true };
  if (more.length > 0) return "has too many hyphens";
  const start = parseValue(low, bounds);
  const end = high === undefined ? start : parseValue(high, bounds);
  if (start === undefined || end === undefined) return "is no number or name";
  return { start, end: high === undefined && stepped ? bounds.max : end, star: false };
}

function parseValue(text: string, { names }: FieldBounds): number | undefined {
  return names?.get(text.toLowerCase()) ?? parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return wholeNumber.test(text) ? Number(text) : undefined;
}

const wholeNumber = /^\+?\d{1,9}$/;
