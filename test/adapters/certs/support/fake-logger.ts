import type { Logger } from "../../../../src/usecases/ports/logger.ts";

/** Collects what is logged. */
export class FakeLogger implements Logger {
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] =
    [];

  debug(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: "debug", message, fields });
  }

  info(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: "info", message, fields });
  }

  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: "warn", message, fields });
  }

  error(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ level: "error", message, fields });
  }

  /** Reasons of the warnings so far. */
  get warnings(): readonly string[] {
    return this.lines
      .filter((line) => line.level === "warn")
      .map((line) => String(line.fields["reason"]));
  }
}
