import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { buildAdmissionServer } from "../../../src/adapters/http/server.ts";
import {
  type Guard,
  newPair,
  PATIENT_CLOCK,
  recordingLogger,
  review,
  startGuard,
} from "./guard.ts";

async function servedNow(guard: Guard, maxVersion?: "TLSv1.2"): Promise<string | undefined> {
  const socket = await guard.connect(maxVersion === undefined ? {} : { maxVersion });
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  socket.destroy();
  return fingerprint;
}

function fingerprint(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}

describe("certificate swap", () => {
  test("shows the new certificate to new connections", async () => {
    await using guard = await startGuard();
    const pair = newPair();
    assert.notEqual(await servedNow(guard), fingerprint(pair.cert));
    guard.server.swap(pair);
    assert.equal(await servedNow(guard), fingerprint(pair.cert));
  });

  test("fails no request while it happens, on kept-alive connections either", async () => {
    await using guard = await startGuard();
    let running = true;
    let answered = 0;
    const caller = async (): Promise<void> => {
      while (running) {
        const reply = await guard.send("/validate", review());
        assert.equal(reply.status, 200);
        answered++;
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    for (let swaps = 0; swaps < 6; swaps++) {
      const before = answered;
      guard.server.swap(newPair());
      while (answered < before + 20) await new Promise((resolve) => setImmediate(resolve));
      // Half of the connections are replaced, so that old and new ones mix.
      for (const sockets of Object.values(guard.agent.freeSockets)) {
        for (const socket of sockets?.slice(0, 4) ?? []) socket.destroy();
      }
    }
    running = false;
    await Promise.all(callers);
    assert.ok(answered >= 120);
  });

  test("keeps the certificate in service when the new pair does not match", async () => {
    await using guard = await startGuard();
    const before = await servedNow(guard);
    assert.throws(() => guard.server.swap({ cert: newPair().cert, key: newPair().key }));
    assert.throws(() => guard.server.swap({ cert: "", key: "" }));
    assert.equal(await servedNow(guard), before);
  });

  test("keeps the options that came with the server", async () => {
    await using guard = await startGuard();
    guard.server.swap({ ...newPair(), minVersion: "TLSv1.3" });
    await assert.rejects(servedNow(guard, "TLSv1.2"));
    guard.server.swap(newPair());
    assert.ok(await servedNow(guard, "TLSv1.2"));
  });
});

describe("admission server without a certificate", () => {
  test("does not listen", async () => {
    const server = buildAdmissionServer({
      admit: () => assert.fail(),
      logger: recordingLogger().logger,
      metrics: undefined as never,
      monotonic: () => 0,
      clock: PATIENT_CLOCK,
      timeoutMs: 1,
      replica: "r1",
      tls: {},
    });
    await assert.rejects(server.listen({ port: 0 }), /no certificate is in service yet/);
    await server.stopAccepting();
  });
});
