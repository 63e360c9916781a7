import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { startLateEtcd } from "./late-etcd.ts";

const DATA = 0;
const PING = 6;

function frame(type: number, text: string): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(text.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, Buffer.from(text)]);
}

test("a late etcd holds data back in its order and lets what keeps a connection alive pass", async (t) => {
  const sent = [frame(DATA, "one"), frame(PING, "pingpong"), frame(DATA, "two")];
  const upstream = createServer((socket) => {
    // In pieces that end in the middle of a frame.
    const bytes = Buffer.concat(sent);
    socket.write(bytes.subarray(0, 15));
    setImmediate(() => socket.write(bytes.subarray(15)));
  });
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const { port } = upstream.address() as AddressInfo;
  const late = await startLateEtcd(`http://127.0.0.1:${port}`);
  late.delay(50);
  const client = connect({ host: "127.0.0.1", port: Number(new URL(late.url).port) });
  t.after(async () => {
    client.destroy();
    upstream.close();
    await late.stop();
  });
  let heard = "";
  for await (const chunk of client) {
    heard += chunk;
    if (heard.includes("two")) break;
  }
  const order = ["pingpong", "one", "two"].map((text) => heard.indexOf(text));
  assert.ok(!order.includes(-1));
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});
