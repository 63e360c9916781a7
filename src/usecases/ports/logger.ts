type LogFields = Readonly<Record<string, unknown>>;

/** Constant message text, everything variable in the fields. pino satisfies it as it is. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
