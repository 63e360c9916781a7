import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLogger, type LogOptions } from "../../../src/adapters/telemetry/logger.ts";

function logged(options: Partial<LogOptions>, log: (logger: Logger) => void): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { logger, flush } = createLogger({
    level: "info",
    format: "auto",
    terminal: false,
    colour: false,
    destination,
    ...options,
  });
  log(logger);
  flush();
  return lines;
}

type Logger = ReturnType<typeof createLogger>["logger"];

describe("logger", () => {
  test("writes one JSON object a line: time, level, fields, message", () => {
    const [line = ""] = logged({}, (logger) => logger.info({ uid: "u" }, "review decided"));
    assert.ok(line.endsWith("\n"));
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual(rest, { level: "info", uid: "u", msg: "review decided" });
    assert.ok(!Number.isNaN(Date.parse(String(time))));
  });

  test("leaves out what is below its level", () => {
    const lines = logged({ level: "warn" }, (logger) => {
      logger.debug({}, "a");
      logger.info({}, "b");
      logger.warn({}, "c");
      logger.error({}, "d");
    });
    assert.equal(lines.length, 2);
  });

  test("shows the stack of an error at debug only", () => {
    const log = (logger: Logger) => logger.error({ error: new TypeError("x") }, "failed");
    assert.match(logged({}, log)[0] ?? "", /"error":\{"name":"TypeError","message":"x"\}/);
    assert.match(logged({ level: "debug" }, log)[0] ?? "", /"stack":"TypeError: x/);
  });

  test("is pretty on a terminal, and where asked for", () => {
    const log = (logger: Logger) =>
      logger.warn({ name: "b", rules: ["res"], text: "two words" }, "review decided");
    const expected =
      /^[\d:.]{12} WARN {2}review decided {2}name=b {2}rules=\["res"\] {2}text="two words"\n$/;
    assert.match(logged({ terminal: true }, log)[0] ?? "", expected);
    assert.match(logged({ format: "pretty" }, log)[0] ?? "", expected);
    assert.match(logged({ format: "json", terminal: true }, log)[0] ?? "", /^\{/);
  });

  test("colours the level only when told to", () => {
    const [line = ""] = logged({ format: "pretty", colour: true }, (l) => l.error({}, "x"));
    assert.ok(line.includes("\u001b[31mERROR\u001b[0m x"));
  });

  test("lets no value act on a terminal", () => {
    const [line = ""] = logged({ format: "pretty" }, (logger) =>
      logger.info({ name: "\u001b[2J\u202e\u0007", list: ["\u009b"] }, "x"),
    );
    assert.doesNotMatch(line.trimEnd(), /[\p{Cc}\u202e]/u);
  });
});
