const COLOURS: Readonly<Record<string, string>> = {
  debug: "\u001b[90m",
  info: "\u001b[36m",
  warn: "\u001b[33m",
  error: "\u001b[31m",
};
const RESET = "\u001b[0m";

// Values come from requests: nothing that a terminal would act on may pass.
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A JSON log line for people: `12:34:56.789 INFO  message  key=value`. Ends in a newline. */
export function prettyLine(line: string, colour: boolean): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = String(level).toUpperCase().padEnd(5);
  const painted = colour ? `${COLOURS[String(level)] ?? ""}${label}${RESET}` : label;
  const rest = Object.entries(fields).map(([key, value]) => `  ${key}=${show(value)}`);
  return `${String(time).slice(11, 23)} ${painted} ${clean(String(msg))}${rest.join("")}\n`;
}

function show(value: unknown): string {
  const plain = typeof value === "string" && value !== "" && !/[\s"=]/.test(value);
  return clean(plain ? value : JSON.stringify(value));
}

function clean(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
