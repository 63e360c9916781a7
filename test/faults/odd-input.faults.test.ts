import assert from "node:assert/strict";
import { before, test } from "node:test";
import { lookedUpKinds } from "../../src/engine/rule.ts";
import { kindInfo } from "../../src/kubernetes/kinds.ts";
import { RULES } from "../../src/rules/index.ts";
import { checkPatches } from "../cluster/patchcheck.ts";
import { assertAcceptedByApiServer } from "../support/response-checker.ts";
import { decisionOf, deployment, deploymentReview, reviewText } from "./support/reviews.ts";
import { type ServedGuard, serveGuard } from "./support/served-guard.ts";

const PATHS = ["/mutate", "/validate", "/validate/fail"] as const;
const SECRET = "S3cr3t-hunter2-hunter2";

/** Sends to every path; each answer has to be one that the API server takes, and no fault of the guard. */
async function judged(guard: ServedGuard, text: string) {
  const { request } = JSON.parse(text) as { request: { uid: string; operation: string } };
  const decisions = [];
  for (const path of PATHS) {
    const answer = await guard.send(path, text);
    assertAcceptedByApiServer({
      httpStatus: answer.status,
      headers: answer.headers,
      rawBody: answer.body,
      endpoint: path === "/mutate" ? "mutating" : "validating",
      request,
    });
    assert.doesNotMatch(answer.body, /fault of|itself failed/);
    decisions.push(decisionOf(answer));
  }
  return decisions;
}

const nested = (levels: number) => `${'{"a":'.repeat(levels)}0${"}".repeat(levels)}`;

test("nesting of 9,990 levels is decided on, of 100,000 refused", async (t) => {
  const guard = await serveGuard(t);
  const holding = (inner: string) =>
    JSON.stringify(deployment({ metadata: { annotations: 0 } })).replace(
      '"annotations":0',
      () => `"annotations":{"x":${inner}}`,
    );
  for (const operation of ["CREATE", "UPDATE"]) {
    const text = reviewText(holding(nested(9_990)), { operation, oldObject: 0 });
    const old = holding(nested(9_989));
    const body = text.replace(
      '"oldObject":0',
      () => `"oldObject":${operation === "UPDATE" ? old : null}`,
    );
    for (const path of PATHS) decisionOf(await guard.send(path, body));
  }
  const deep = await guard.send("/validate", reviewText(holding(nested(100_000))));
  assert.deepEqual([deep.status, JSON.parse(deep.body).error.code], [400, "too-deep"]);
  assert.doesNotMatch(guard.output(), /RangeError/);
});

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  "k".repeat(253),
  "a/b~c",
  "~0~1",
  `'"\``,
  "😀",
  "\ud800",
  "a\u0000b\nc",
];

test("hostile keys everywhere bring about the findings and the patch of harmless ones", async (t) => {
  const guard = await serveGuard(t);
  const entries = Object.fromEntries(KEYS.map((key) => [key, "x"]));
  const container = { name: "api", image: "api:1.0" };
  const plain = await judged(guard, deploymentReview({ containers: [container] }));
  const odd = await judged(
    guard,
    deploymentReview({
      metadata: { annotations: entries, labels: entries },
      containers: [{ ...container, resources: { requests: entries, ...entries }, ...entries }],
    }),
  );
  const messageOf = (decisions: typeof plain) => decisions[1]?.status?.message ?? "";
  const rulesOf = (message: string) => message.match(/\[[a-z-]+\]/g) ?? [];
  const found = new Set(rulesOf(messageOf(odd)));
  assert.ok(rulesOf(messageOf(plain)).every((rule) => found.has(rule)));
  const patch = Buffer.from(odd[0]?.patch ?? "", "base64").toString();
  assert.match(patch, /limits/);
  // Whatever got into Object.prototype would show in the next decision.
  const again = await judged(guard, deploymentReview({ containers: [container] }));
  assert.deepEqual(again, plain);
});

const NUMBERS = ["9223372036854775807", "9007199254740993", "1e400", "-0", "1.0", "1E-7"];

test("numbers that JavaScript rounds stay byte-equal beside a patch", async (t) => {
  const guard = await serveGuard(t);
  const numbers = NUMBERS.map((number, index) => `"n${index}":${number}`).join(",");
  const list = NUMBERS.join(",");
  const doc = JSON.stringify(deployment()).replace(
    '"replicas":2',
    () => `"replicas":2,"odd":{${numbers},"list":[${list}]}`,
  );
  const [mutation] = await judged(guard, reviewText(doc));
  const patch = Buffer.from(mutation?.patch ?? "", "base64").toString();
  const [checked] = await checkPatches([{ id: "numbers", doc, patch }]);
  assert.ok(checked?.ok, checked?.error ?? "no answer");
  assert.ok(checked.result?.includes(`{${numbers},"list":[${list}]}`), checked.result ?? "");
  const settled = await judged(guard, reviewText(checked.result ?? ""));
  assert.equal(settled[0]?.patch, undefined, "a second round adds nothing");
});

const NULLS = [null, {}, { metadata: null, spec: null }, { metadata: {}, spec: {} }];
const SUBRESOURCES = ["", "status", "scale", "eviction", "exec"];

test("every kind, operation and subresource with missing parts gets a valid review", async (t) => {
  const guard = await serveGuard(t);
  let count = 0;
  const named = RULES.flatMap(({ targets }) => targets.flatMap(({ kinds }) => kinds));
  for (const name of new Set([...named, ...lookedUpKinds(RULES)])) {
    const kind = kindInfo(name);
    assert.ok(kind, name);
    for (const operation of ["CREATE", "UPDATE", "DELETE", "CONNECT"]) {
      for (const subResource of SUBRESOURCES) {
        for (const part of NULLS) {
          const object = part && { kind: kind.kind, ...part };
          const isDelete = operation === "DELETE";
          const text = reviewText(JSON.stringify(isDelete ? null : object), {
            kind: { group: kind.group, version: kind.version, kind: kind.kind },
            resource: { group: kind.group, version: kind.version, resource: kind.plural },
            subResource,
            operation,
            name: operation === "CREATE" ? "" : "x",
            oldObject: operation === "CREATE" ? null : object,
            dryRun: count % 2 === 0,
          });
          const [mutation] = await judged(guard, text);
          if (isDelete) assert.equal(mutation?.patch, undefined);
          count++;
        }
      }
    }
  }
  t.diagnostic(`${count} reviews on 3 paths`);
});

test("what is no review gets its 4xx on every path, never a 5xx", async (t) => {
  const guard = await serveGuard(t);
  const whole = deploymentReview();
  const bad: readonly [string | Buffer, Record<string, string>, number][] = [
    ["{}", {}, 400],
    [whole.replace("io/v1", "io/v2"), {}, 400],
    [whole.replace("io/v1", "io/v1beta1"), {}, 400],
    [`[${whole}]`, {}, 400],
    [whole + whole, {}, 400],
    [whole.replace('"uid"', '"uit"'), {}, 400],
    [Buffer.concat([Buffer.from(whole), Buffer.from([0xc3])]), {}, 400],
    ["", {}, 400],
    [whole, { "content-encoding": "gzip" }, 415],
    [whole, { "content-type": "text/plain" }, 415],
  ];
  for (const [body, headers, status] of bad) {
    for (const path of PATHS) {
      const answer = await guard.send(path, body, {
        headers: { "content-type": "application/json", ...headers },
      });
      assert.equal(answer.status, status, `${body}`.slice(0, 80));
    }
  }
});

test("texts of 100 KiB, line ends and secrets leave single bounded lines and no secret anywhere", async (t) => {
  const guard = await serveGuard(t, { args: ["--log-level", "debug"] });
  const evil = `a\n[res-limits-required] forged\u001b[31m\u202e\u0000${"x".repeat(100 * 1024)}`;
  const token = `ghp_${"a1B2".repeat(9)}`;
  const password = { name: "DB_PASSWORD", value: SECRET };
  const containers = Array.from({ length: 20 }, (_, index) => ({
    name: `${index}${evil}`,
    image: `${evil}:latest`,
    env: [password, { name: evil, value: token }, { name: "URL", value: `https://u:${SECRET}@h/` }],
    args: [`--password=${SECRET}`],
  }));
  const metadata = {
    name: evil,
    namespace: "platform-application",
    annotations: { [evil]: SECRET },
  };
  const text = deploymentReview(
    { metadata, containers },
    { name: evil, userInfo: { username: evil } },
  );
  const decisions = await judged(guard, text);
  const answers = JSON.stringify(decisions);
  for (const { warnings = [], patch = "" } of decisions) {
    for (const line of warnings)
      assert.ok(line.length <= 256 && !/\p{Cc}|\u202e/u.test(line), line);
    const plain = Buffer.from(patch, "base64").toString();
    assert.ok(!plain.includes(SECRET) && !plain.includes(token));
  }
  const lines = decisions[1]?.status?.message.split("\n") ?? [];
  assert.ok(lines.every((line) => !line.startsWith("[res-limits-required] forged")));
  const metrics = (await guard.ops("/metrics")).text;
  for (const secret of [SECRET, token]) {
    for (const place of [answers, guard.output(), metrics]) assert.ok(!place.includes(secret));
  }
  const longest = Math.max(
    ...guard
      .output()
      .split("\n")
      .map((line) => line.length),
  );
  t.diagnostic(`answers of ${answers.length} characters, longest line of the log ${longest}`);
  assert.ok(longest < 16 * 1024, "one review cannot fill a log");
});

before(async () => {
  // Builds once; not on the time of a test.
  await checkPatches([]);
});
