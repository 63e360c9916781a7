import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { describe, test } from "node:test";
import type { Admit } from "../../../src/usecases/ports/admission.ts";
import { ALLOW, errorCode, type Guard, responseOf, review, startGuard } from "./guard.ts";

const MIB = 1024 * 1024;

/** The hardening of production with all times at a hundredth. */
const FAST = {
  requestTimeout: 300,
  headersTimeout: 200,
  connectionsCheckingInterval: 20,
  handshakeTimeout: 200,
};

/** What the other side wrote until it closed. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}

function head(length: number | string, extra = ""): string {
  return (
    "POST /validate HTTP/1.1\r\nHost: guard\r\nContent-Type: application/json\r\n" +
    `Content-Length: ${length}\r\n${extra}\r\n`
  );
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function stillServes(guard: Guard): Promise<void> {
  const reply = await guard.send("/validate", review());
  assert.equal(responseOf(reply)["allowed"], true);
}

describe("a hostile caller", () => {
  test("is cut with 408 when the headers never end", async () => {
    await using guard = await startGuard({ settings: FAST });
    const socket = await guard.connect();
    socket.write("POST /validate HTTP/1.1\r\nHost: g");
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 408 .*"code":"request-timeout"/s);
    await stillServes(guard);
  });

  test("is cut with 408 when the body never ends, byte by byte", async () => {
    await using guard = await startGuard({ settings: FAST });
    const socket = await guard.connect();
    socket.write(head(1_000));
    const drip = setInterval(() => socket.write(" "), 20);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 408 /);
    clearInterval(drip);
    await until(() => guard.server.load.requests === 0);
    await stillServes(guard);
  });

  test("is cut when a body of any size never ends", async () => {
    await using guard = await startGuard({ settings: { ...FAST, bodyBytes: MIB } });
    const socket = await guard.connect();
    socket.write(
      `${head(0).replace("Content-Length: 0", "Transfer-Encoding: chunked")}ffffffff\r\n`,
    );
    const chunk = Buffer.alloc(64 * 1024, " ");
    const flood = setInterval(() => socket.write(chunk), 5);
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 408 /);
    clearInterval(flood);
    await until(() => guard.server.load.requests === 0);
    assert.equal(guard.server.load.bytes, 0);
    await stillServes(guard);
  });

  test("is cut when the TLS handshake never ends", async () => {
    await using guard = await startGuard({ settings: FAST });
    const socket = connectTcp({ port: guard.port, host: "127.0.0.1" });
    await untilClosed(socket);
    await stillServes(guard);
  });

  test("is closed when it speaks plain HTTP", async () => {
    await using guard = await startGuard();
    const socket = connectTcp({ port: guard.port, host: "127.0.0.1" });
    socket.write("GET / HTTP/1.1\r\n\r\n");
    assert.doesNotMatch(await untilClosed(socket), /HTTP\/1\.1/);
    await stillServes(guard);
  });

  test("gets 400 in the error shape for what is no HTTP", async () => {
    await using guard = await startGuard();
    for (const text of ["nonsense\r\n\r\n", head("12x"), head(1, "Content-Length: 2\r\n")]) {
      const socket = await guard.connect();
      socket.write(text);
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 400 .*"code":"malformed-request"/s);
    }
    await stillServes(guard);
  });

  test("gets 431 for endless headers", async () => {
    await using guard = await startGuard();
    const socket = await guard.connect();
    socket.write(head(0, `X: ${"x".repeat(20_000)}\r\n`));
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 431 .*"code":"headers-too-large"/s);
  });

  test("that goes away in the middle of a body leaves nothing behind", async () => {
    await using guard = await startGuard();
    const socket = await guard.connect();
    socket.write(head(MIB) + " ".repeat(512 * 1024));
    await until(() => guard.server.load.bytes > 400 * 1024);
    socket.destroy();
    await until(() => guard.server.load.requests === 0);
    assert.equal(guard.server.load.bytes, 0);
  });

  test("that opens more connections than the limit loses the oldest of them, and nobody else one", async () => {
    await using guard = await startGuard({ settings: { maxConnections: 3 } });
    const kept = await guard.connect();
    const body = review();
    kept.write(head(Buffer.byteLength(body)) + body);
    await once(kept, "data");
    const first = await guard.connect();
    const cut = untilClosed(first);
    const second = await guard.connect();
    const third = await guard.connect();
    await cut;
    assert.deepEqual([kept.destroyed, second.destroyed, third.destroyed], [false, false, false]);
    for (const socket of [kept, second, third]) socket.destroy();
  });
});

describe("a kept connection", () => {
  test("outlives the 90 s for which the API server keeps it", async () => {
    await using guard = await startGuard();
    const reply = await guard.send("/validate", review());
    assert.equal(reply.headers["keep-alive"], "timeout=120");
  });
});

describe("body limits", () => {
  test("33 MiB get 413, declared or not", async () => {
    await using guard = await startGuard();
    const body = Buffer.alloc(33 * MIB, " ");
    const declared = await guard.send("/validate", body);
    assert.deepEqual([declared.status, errorCode(declared)], [413, "body-too-large"]);
    const chunked = await guard.send("/validate", body, {
      headers: { "transfer-encoding": "chunked" },
    });
    assert.deepEqual([chunked.status, errorCode(chunked)], [413, "body-too-large"]);
    assert.equal(guard.server.load.bytes, 0);
    await stillServes(guard);
  });

  test("more bytes in flight than the budget get 429 and an integer Retry-After", async () => {
    let decide = (): void => {};
    const admit: Admit = (request) =>
      request.uid === "large"
        ? new Promise((resolve) => {
            decide = () => resolve(ALLOW);
          })
        : ALLOW;
    await using guard = await startGuard({ admit, settings: { budgetBytes: MIB } });
    const large = review({ uid: "large", object: { a: "x".repeat(900 * 1024) } });
    const first = guard.send("/validate", large);
    await until(() => guard.server.load.bytes > 800 * 1024);
    const second = await guard.send("/validate", large);
    assert.deepEqual(
      [second.status, errorCode(second), second.headers["retry-after"]],
      [429, "too-many-bytes-in-flight", "1"],
    );
    // The usual review passes all the same.
    await stillServes(guard);
    decide();
    assert.equal((await first).status, 200);
    assert.equal(guard.server.load.bytes, 0);
  });

  test("27 MiB of escaped < are decided on", async () => {
    let length = 0;
    const admit: Admit = (request) => {
      length = String(request.object?.["a"]).length;
      return ALLOW;
    };
    await using guard = await startGuard({ admit });
    const escapes = "\\u003c".repeat((27 * MIB) / 6);
    const body = review({ object: { a: "" } }).replace('"a":""', `"a":"${escapes}"`);
    const reply = await guard.send("/validate", body);
    assert.equal(responseOf(reply)["allowed"], true);
    assert.equal(length, Math.floor((27 * MIB) / 6));
  });
});
