import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRequest, ApiResponse, Connection } from "../../../src/adapters/kube/api-client.ts";
import { sendProbe } from "../../../src/adapters/kube/probe-sender.ts";
import { probeAnswer } from "../../../src/usecases/webhooks/probe.ts";

const SIGNAL = new AbortController().signal;

function answering(answer: Partial<ApiResponse>) {
  const sent: ApiRequest[] = [];
  const connection: Connection = {
    server: "https://api",
    namespace: undefined,
    request: async (request) => {
      sent.push(request);
      return { status: 201, headers: {}, body: "{}", bytes: 2, ...answer };
    },
    stream: () => assert.fail(),
    close: () => {},
  };
  return { connection, sent };
}

test("a probe is a dry-run create of a labelled ConfigMap in the own namespace", async () => {
  const { connection, sent } = answering({});
  await sendProbe(connection, "guards", SIGNAL);
  const [request] = sent;
  assert.equal(request?.method, "POST");
  assert.equal(request.path, "/api/v1/namespaces/guards/configmaps");
  assert.deepEqual(request.query, { dryRun: "All", fieldManager: "keymate-guard" });
  const { metadata } = JSON.parse(request.body ?? "");
  assert.equal(metadata.labels["policy.keymate.io/probe"], "true");
});

test("a probe gives the replica that answered, whatever else warns beside it", async () => {
  const warning = `299 - "be careful", 299 - "${probeAnswer("a1b2")}"`;
  const { connection } = answering({ headers: { warning } });
  assert.deepEqual(await sendProbe(connection, "guards", SIGNAL), ["a1b2"]);
});

test("a probe that the API server did not send to anybody gives no replica", async () => {
  const { connection } = answering({});
  assert.deepEqual(await sendProbe(connection, "guards", SIGNAL), []);
});

test("a probe without the permission says which one is needed", async () => {
  const { connection } = answering({ status: 403, body: '{"message":"no"}' });
  await assert.rejects(sendProbe(connection, "guards", SIGNAL), {
    code: "forbidden",
    message: /cannot create configmaps in namespace guards: needs permission "create"/,
  });
});

test("a probe that failed on the way carries the words of the API server", async () => {
  const message = "failed calling webhook: x509: certificate signed by unknown authority";
  const { connection } = answering({ status: 500, body: JSON.stringify({ message }) });
  await assert.rejects(sendProbe(connection, "guards", SIGNAL), /x509: certificate signed/);
});
