import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, describe, type TestContext, test } from "node:test";
import { type Forwarder, startForwarder } from "../../cluster/forwarder.ts";
import { type Answerer, allow, type Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const NAMESPACE = "retries";
const CLOSE = { connection: "close" };

function unavailable(headers: Record<string, string>): Answerer {
  return () => ({ raw: (answer: ServerResponse) => void answer.writeHead(503, headers).end() });
}

export function retryFacts(site: () => Site): void {
  let hooks: readonly Hook[] = [];
  let forwarder: Forwarder;

  /** One admission through two replicas; the answer and the calls that it took, in order. */
  async function admit(t: TestContext) {
    for (const hook of hooks) hook.reset();
    const start = performance.now();
    const { status, text } = await site().cluster.request(
      "POST",
      `/api/v1/namespaces/${NAMESPACE}/configmaps?dryRun=All`,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "some" } },
    );
    const took = performance.now() - start;
    const calls = hooks
      .flatMap((hook, i) => hook.calls.map((call) => ({ ...call, replica: "AB"[i] })))
      .sort((a, b) => a.at - b.at);
    const trace = calls.map(({ replica, at }) => `${replica}+${(at - start).toFixed(0)}`);
    t.diagnostic(`status ${status} after ${took.toFixed(0)} ms, calls ${trace.join(" ")}`);
    return { status, text, calls, replicas: calls.map(({ replica }) => replica).join("") };
  }

  function answer(...answers: readonly Answerer[]): void {
    for (const [i, hook] of hooks.entries()) hook.answer = answers[i] ?? allow;
  }

  /** Admits until the first call goes to the drained replica; kept connections end there. */
  async function admitFirstByA(t: TestContext) {
    for (let i = 0; i < 4; i += 1) {
      for (const hook of hooks) hook.answer = unavailable({ "retry-after": "0", ...CLOSE });
      const { replicas } = await admit(t);
      // The next connection goes to the replica that did not get the last one.
      if (replicas.endsWith("B")) return;
    }
    throw new Error("The forwarder never came to the first replica");
  }

  describe("a drained replica behind a Service", () => {
    before(async () => {
      hooks = [await site().hook(), await site().hook()];
      forwarder = await startForwarder({ backends: hooks.map((hook) => hook.port) });
      await site().namespace(NAMESPACE);
      const hook = hooks[0]!;
      const entry = { hook, namespace: NAMESPACE, port: forwarder.port, timeoutSeconds: 5 };
      await site().register("retries", [entry]);
    });
    beforeEach((t) => admitFirstByA(t as TestContext));
    after(() => forwarder?.stop());

    test("503, Retry-After: 0 and Connection: close reach the other one at once", async (t) => {
      answer(unavailable({ "retry-after": "0", ...CLOSE }), allow);
      const { status, replicas, calls } = await admit(t);
      assert.equal(status, 201);
      assert.equal(replicas, "AB");
      assert.equal(calls[0]?.request.uid, calls[1]?.request.uid);
    });

    test("without Connection: close all 11 calls go to the same one, and fail", async (t) => {
      answer(unavailable({ "retry-after": "0" }), allow);
      const { status, text, replicas } = await admit(t);
      assert.equal(status, 500);
      assert.equal(replicas, "A".repeat(11));
      assert.match(text, /the server is currently unable to handle the request/);
    });

    test("with every replica drained there are 11 calls, over 11 connections", async (t) => {
      const drained = unavailable({ "retry-after": "0", ...CLOSE });
      answer(drained, drained);
      const { status, replicas } = await admit(t);
      assert.equal(status, 500);
      assert.equal(replicas, "ABABABABABA");
    });

    test("Retry-After: 1 waits a second each time, and the deadline cuts it", async (t) => {
      const drained = unavailable({ "retry-after": "1", ...CLOSE });
      answer(drained, drained);
      const { status, text, replicas } = await admit(t);
      assert.equal(status, 500);
      assert.match(replicas, /^(AB)+A?$/);
      assert.ok(replicas.length < 7, replicas);
      assert.match(text, /context deadline exceeded/);
    });

    test("503 without Retry-After is not repeated", async (t) => {
      answer(unavailable(CLOSE), allow);
      const { status, replicas } = await admit(t);
      assert.equal(status, 500);
      assert.equal(replicas, "A");
    });
  });
}
