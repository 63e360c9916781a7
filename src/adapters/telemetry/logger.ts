import pino, { type DestinationStream } from "pino";
import type { Logger } from "../../usecases/ports/logger.ts";
import { prettyLine } from "./pretty-line.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LOG_FORMATS = ["auto", "json", "pretty"] as const;

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `auto` is pretty on a terminal, JSON elsewhere. */
  readonly format: (typeof LOG_FORMATS)[number];
  readonly terminal: boolean;
  /** Colours in pretty lines; NO_COLOR is for the caller to look at. */
  readonly colour: boolean;
  /** Instead of standard error. */
  readonly destination?: DestinationStream;
}

export interface LogHandle {
  readonly logger: Logger;
  /** Writes out what is buffered; before an exit. Never throws. */
  flush(): void;
}

/** One write for many lines under load, and none is held back for longer than this. */
const BUFFER_BYTES = 12 * 1_024;
const BUFFER_MS = 50;

/** Logs to standard error, asynchronously, one line per call. */
export function createLogger(options: LogOptions): LogHandle {
  const stderr =
    options.destination === undefined
      ? pino.destination({
          dest: 2,
          sync: false,
          minLength: BUFFER_BYTES,
          periodicFlush: BUFFER_MS,
        })
      : undefined;
  const raw: DestinationStream = options.destination ?? (stderr as DestinationStream);
  const pretty = options.format === "pretty" || (options.format === "auto" && options.terminal);
  const stream = pretty
    ? { write: (line: string) => raw.write(prettyLine(line, options.colour)) }
    : raw;
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorSerializer(options.level === "debug") },
    },
    stream,
  );
  return { logger, flush: () => flush(stderr) };
}

/** Many lines share a millisecond: its text is made once. */
function isoTime(): () => string {
  let known = Number.NaN;
  let text = "";
  return () => {
    const now = Date.now();
    if (now !== known) {
      known = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

/** An Error as name and message; its stack is for those who ask for debug output. */
function errorSerializer(withStack: boolean): (value: unknown) => unknown {
  return (value) => {
    if (!(value instanceof Error)) return value;
    const { name, message } = value;
    return withStack ? { name, message, stack: value.stack } : { name, message };
  };
}

function flush(destination: { flushSync(): void } | undefined): void {
  try {
    destination?.flushSync();
  } catch {
    // Standard error is gone, or was never opened: there is nobody to tell.
  }
}
