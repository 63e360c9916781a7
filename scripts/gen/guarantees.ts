import { table } from "../../src/cli/rules/markdown.ts";
import {
  RESULTS_PATH,
  type Result,
  readResults,
  standingOf,
} from "../../test/faults/support/results.ts";
import { GUARANTEES, type Guarantee } from "../../test/faults/table.ts";
import { GENERATED, type Generator } from "./artifact.ts";

/** docs/guarantees.md: what is promised, how it is measured, and what came of it. */
export const guarantees: Generator = {
  name: "guarantees",
  async files() {
    return new Map([["docs/guarantees.md", guaranteesPage(GUARANTEES, readResults())]]);
  },
};

const INTRO = [
  `What the guard promises when something goes wrong, each promise with the tests that hold it to it.
A test of a fault passes only if both sides agree: callers and the API server's own counters, and the
guard's; and when what was stored meanwhile, read again, is as the guard would have it, so that nothing
went in unseen.`,
  `The tests run real kube-apiserver and etcd processes; the guards are processes as in a container, behind
a forwarder that stands in for kube-proxy and goes on dialling a replica for a while after it was told to
stop. Additions are asked for with failurePolicy Ignore, decisions with Fail: an addition that could not
be asked for ends in a refusal where the guide demands what it would have filled in.`,
  `\`npm run test:faults -- --record\` runs the tests of all rows but the long ones and keeps what they
said in \`${RESULTS_PATH}\`, from which \`npm run gen\` makes this page: no number is typed. Rows as
arguments select (\`npm run test:faults -- 1 2\`), \`--help\` names parameters such as \`--rate\`.
\`npm run test:soak -- --minutes 60\` and \`npm run test:endurance\` are the long ones. **Met**: each
test that is named passed. **In part**: they did, and the page says what no test shows yet.`,
];

export function guaranteesPage(rows: readonly Guarantee[], results: readonly Result[]): string {
  const standings = rows.map((row) => ({ row, ...standingOf(row, results) }));
  const lines = standings.map(({ row, state, results: own }) => [
    row.row,
    row.promise,
    own.length === 0 ? state : `${state}: ${passedOf(own)}, ${latest(own)}`,
  ]);
  const sections = standings.flatMap(({ row, results: own }) => section(row, own));
  return `<!-- ${GENERATED}. -->\n\n${[
    "# Guarantees",
    ...INTRO,
    table(["Row", "What we promise", "Last result"], lines),
    "## Row by row",
    ...sections,
  ].join("\n\n")}\n`;
}

function passedOf(results: readonly Result[]): string {
  const passed = results.filter(({ outcome }) => outcome === "passed").length;
  return `${passed} of ${results.length} ${results.length === 1 ? "test" : "tests"} passed`;
}

function latest(results: readonly Result[]): string {
  const [last] = [...results].sort((a, b) => (a.date < b.date ? 1 : -1));
  return last === undefined ? "" : `${last.date}, version ${last.version}`;
}

function section(row: Guarantee, results: readonly Result[]): string[] {
  const { fault, criterion, tests, missing } = row;
  const parts = [
    `### ${/^\d+$/.test(row.row) ? `Row ${row.row}` : "Endurance"}: ${fault}`,
    `Passes with: ${criterion}.`,
  ];
  if (tests.length > 0) parts.push(`\`npm run test:faults -- ${row.row}\` runs`, list(tests));
  if (missing !== undefined) {
    parts.push(
      `${tests.length > 0 ? "No test shows yet" : "Not measured yet, no test shows"}: ${missing}.`,
    );
  }
  const said = results.flatMap(({ measured }) => measured);
  const [last] = results;
  if (said.length > 0) parts.push(codeOf(said));
  if (last !== undefined) parts.push(`On ${last.machine}.`);
  return parts;
}

function list(tests: Guarantee["tests"]): string {
  return tests
    .map(({ file, title }) => `- [\`${title.replaceAll("`", "'")}\`](../${file})`)
    .join("\n");
}

function codeOf(lines: readonly string[]): string {
  return ["```text", ...lines.flatMap((line) => line.split("\n")), "```"].join("\n");
}
