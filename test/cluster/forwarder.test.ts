import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Forwarder, startForwarder } from "./forwarder.ts";

/** Tells its name to every caller and then echoes. */
async function startBackend(t: TestContext, name: string): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(name);
    socket.pipe(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function start(t: TestContext, backends: readonly number[]): Promise<Forwarder> {
  const forwarder = await startForwarder({ backends });
  t.after(() => forwarder.stop());
  return forwarder;
}

async function firstBytes(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, "data");
  return String(chunk);
}

async function call(forwarder: Forwarder): Promise<string> {
  const socket = connect(forwarder.port, "127.0.0.1");
  try {
    return await firstBytes(socket);
  } finally {
    socket.destroy();
  }
}

async function calls(forwarder: Forwarder, count: number): Promise<string> {
  let answers = "";
  for (let i = 0; i < count; i += 1) answers += await call(forwarder);
  return answers;
}

test("the forwarder gives new connections to the backends in turn", async (t) => {
  const [a, b] = [await startBackend(t, "a"), await startBackend(t, "b")];
  const forwarder = await start(t, [a, b]);
  assert.equal(await calls(forwarder, 6), "ababab");
  assert.deepEqual(
    [...forwarder.dials()],
    [
      [a, 3],
      [b, 3],
    ],
  );
});

test("the forwarder dials a removed backend until its lag is over", async (t) => {
  const [a, b] = [await startBackend(t, "a"), await startBackend(t, "b")];
  const forwarder = await start(t, [a, b]);
  forwarder.remove(b, 200);
  assert.equal(await calls(forwarder, 4), "abab");
  await sleep(250);
  assert.equal(await calls(forwarder, 4), "aaaa");
});

test("the forwarder keeps established connections when their backend goes", async (t) => {
  const [a, b] = [await startBackend(t, "a"), await startBackend(t, "b")];
  const forwarder = await start(t, [a]);
  const socket = connect(forwarder.port, "127.0.0.1");
  assert.equal(await firstBytes(socket), "a");
  assert.equal(forwarder.connections(a), 1);
  forwarder.setBackends([b]);
  socket.write("still here");
  assert.equal(await firstBytes(socket), "still here");
  assert.equal(await call(forwarder), "b");
  socket.destroy();
});

test("the forwarder calls a removal off when the backend is set again", async (t) => {
  const a = await startBackend(t, "a");
  const forwarder = await start(t, [a]);
  forwarder.remove(a, 50);
  forwarder.setBackends([a]);
  await sleep(100);
  assert.equal(await call(forwarder), "a");
});

test("the forwarder passes the end of one direction on and keeps the other open", async (t) => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().once("end", () => socket.end("after the end"));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  const forwarder = await start(t, [(server.address() as AddressInfo).port]);
  const socket = connect({ port: forwarder.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end("request");
  assert.equal(await firstBytes(socket), "after the end");
});

test("the forwarder cuts the client off, without a second try, when a dial is refused", async (t) => {
  const a = await startBackend(t, "a");
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, "close");
  const forwarder = await start(t, [port, a]);
  await assert.rejects(call(forwarder), { code: "ECONNRESET" });
  assert.equal(await call(forwarder), "a");
});

test("the forwarder cuts the client off when no backend is left", async (t) => {
  const forwarder = await start(t, []);
  await assert.rejects(call(forwarder), { code: "ECONNRESET" });
});
