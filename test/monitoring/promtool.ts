import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePromtool } from "../cluster/build.ts";
import type { AlertCase } from "./alert-cases.ts";
import { type AlertRule, shippedRules } from "./rules.ts";

interface Verdict {
  readonly code: number;
  readonly output: string;
}

/** promtool beside the shipped rules, in a folder of its own. */
export class Promtool {
  readonly #file: string;
  readonly #folder: string;

  private constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
    writeFileSync(join(folder, "rules.json"), JSON.stringify(shippedRules()));
  }

  static async open(): Promise<Promtool> {
    const file = await ensurePromtool();
    return new Promtool(file, mkdtempSync(join(tmpdir(), "keymate-guard-promtool-")));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  checkRules(): Promise<Verdict> {
    return this.#run("check", "rules", "--lint=all", "--lint-fatal", "rules.json");
  }

  testRules(cases: readonly object[]): Promise<Verdict> {
    const tests = { rule_files: ["rules.json"], evaluation_interval: "1m", tests: cases };
    writeFileSync(join(this.#folder, "tests.json"), JSON.stringify(tests));
    return this.#run("test", "rules", "tests.json");
  }

  /** Whether Prometheus itself takes the expression. */
  parses(expr: string): Promise<Verdict> {
    return this.#run("--experimental", "promql", "format", expr);
  }

  #run(...args: readonly string[]): Promise<Verdict> {
    return new Promise((resolve) => {
      execFile(this.#file, [...args], { cwd: this.#folder }, (error, stdout, stderr) => {
        const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  }
}

/** The unit tests of one case in promtool's words: it fires with these texts, and else is silent. */
export function promtoolTests(
  { alert, fires, quiet }: AlertCase,
  rule: AlertRule,
): readonly object[] {
  const { summary, runbook_url } = rule.annotations;
  const expected = {
    exp_labels: { ...rule.labels, ...fires.labels },
    exp_annotations: { summary, runbook_url, description: fires.description },
  };
  const one = (
    series: Readonly<Record<string, string>>,
    at: string,
    alerts: readonly object[],
  ) => ({
    name: alert,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: alerts }],
  });
  return [
    one(fires.series, fires.at, [expected]),
    ...quiet.map(({ series, at }) => one(series, at, [])),
  ];
}
