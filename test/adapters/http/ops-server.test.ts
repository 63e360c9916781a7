import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HealthCheck } from "../../../src/adapters/http/ops-routes.ts";
import { buildOpsServer } from "../../../src/adapters/http/ops-server.ts";
import type { MetricsPage } from "../../../src/usecases/ports/metrics.ts";

const good = (name: string): HealthCheck => ({
  name,
  check: () => ({ ok: true, detail: "in order" }),
});
const bad = (name: string): HealthCheck => ({
  name,
  check: () => ({ ok: false, detail: "waits for the first certificate" }),
});
const broken: HealthCheck = {
  name: "broken",
  check: () => {
    throw new Error("hunter2");
  },
};

const page: MetricsPage = { contentType: "text/plain; version=0.0.4", text: async () => "a 1\n" };

interface Checks {
  live?: HealthCheck[];
  ready?: HealthCheck[];
  metrics?: MetricsPage;
}

async function get(checks: Checks, path: string, method = "GET") {
  const server = buildOpsServer({ live: [], ready: [], metrics: page, ...checks });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    const type = response.headers.get("content-type");
    return { status: response.status, type, text: await response.text() };
  } finally {
    await server.close();
  }
}

describe("ops port", () => {
  test("says ok when every check is", async () => {
    for (const path of ["/livez", "/readyz", "/healthz"]) {
      const { status, text } = await get({ live: [good("loop")], ready: [good("tls")] }, path);
      assert.deepEqual([status, text], [200, "ok"]);
    }
  });

  test("names each check when asked to", async () => {
    const { status, text } = await get({ ready: [good("tls"), good("policy")] }, "/readyz?verbose");
    assert.equal(status, 200);
    assert.equal(text, "[+]tls ok: in order\n[+]policy ok: in order\nreadyz check passed\n");
  });

  test("says what it waits for while one check fails", async () => {
    const { status, text } = await get({ ready: [good("policy"), bad("tls")] }, "/readyz");
    assert.equal(status, 503);
    assert.equal(
      text,
      "[+]policy ok: in order\n[-]tls failed: waits for the first certificate\nreadyz check failed\n",
    );
  });

  test("keeps liveness apart from readiness, and health both", async () => {
    const checks = { live: [good("loop")], ready: [bad("tls")] };
    assert.equal((await get(checks, "/livez")).status, 200);
    assert.equal((await get(checks, "/healthz")).status, 503);
  });

  test("counts a check that throws as failed, without its words", async () => {
    const { status, text } = await get({ ready: [broken] }, "/readyz?verbose");
    assert.equal(status, 503);
    assert.match(text, /^\[-\]broken failed: /);
    assert.doesNotMatch(text, /hunter2/);
  });

  test("serves the metrics with their type", async () => {
    const { status, type, text } = await get({}, "/metrics");
    assert.deepEqual([status, type, text], [200, page.contentType, "a 1\n"]);
  });

  test("answers 500 without a reason when the metrics fail", async () => {
    const metrics = { ...page, text: () => Promise.reject(new Error("hunter2")) };
    const { status, text } = await get({ metrics }, "/metrics");
    assert.deepEqual([status, text], [500, "internal error\n"]);
  });

  test("answers 404 elsewhere", async () => {
    assert.equal((await get({}, "/validate", "POST")).status, 404);
    assert.equal((await get({}, "/debug")).status, 404);
  });
});
