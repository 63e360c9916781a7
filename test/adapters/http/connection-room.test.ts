import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { ConnectionRoom } from "../../../src/adapters/http/connection-room.ts";

class FakeConnection extends EventEmitter {
  readonly remoteAddress = "10.0.0.1";
  readonly remotePort: number;
  destroyed = false;

  constructor(remotePort: number) {
    super();
    this.remotePort = remotePort;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** So many connections, opened one after another. */
function fill(room: ConnectionRoom, count: number, from = 1): FakeConnection[] {
  return Array.from({ length: count }, (_, index) => {
    const connection = new FakeConnection(from + index);
    room.opened(connection);
    return connection;
  });
}

/** As TLS does: on a socket of its own with the same peer. */
function carrier({ remotePort }: FakeConnection): FakeConnection {
  return new FakeConnection(remotePort);
}

const ports = (connections: readonly FakeConnection[]) =>
  connections.filter(({ destroyed }) => destroyed).map(({ remotePort }) => remotePort);

describe("ConnectionRoom", () => {
  test("past the limit takes the oldest that never had an answer", () => {
    const room = new ConnectionRoom(3);
    assert.deepEqual(ports(fill(room, 5)), [1, 2]);
  });

  test("keeps a connection that had a decision while most had none", () => {
    const room = new ConnectionRoom(3);
    const [first, ...others] = fill(room, 3);
    assert.ok(first);
    room.busy(carrier(first));
    room.answered(carrier(first), true);
    others.push(...fill(room, 2, 10));
    assert.deepEqual(ports([first, ...others]), [2, 3]);
  });

  test("counts an answer that is no decision for nothing", () => {
    const room = new ConnectionRoom(2);
    const connections = fill(room, 2);
    for (const connection of connections) room.answered(carrier(connection), false);
    fill(room, 1, 10);
    assert.deepEqual(ports(connections), [1]);
  });

  test("where most idle after an answer, takes the one that idles the longest, never a busy one", () => {
    const room = new ConnectionRoom(3);
    const connections = fill(room, 3);
    for (const connection of connections) room.answered(carrier(connection), true);
    const [first, , third] = connections;
    assert.ok(first && third);
    room.busy(carrier(first));
    room.busy(carrier(third));
    room.answered(carrier(third), true);
    fill(room, 1, 10);
    assert.deepEqual(ports(connections), [2]);
  });

  test("gives the place of a closed connection to the next one", () => {
    const room = new ConnectionRoom(2);
    const connections = fill(room, 2);
    connections[0]?.emit("close");
    fill(room, 1, 10);
    assert.deepEqual(ports(connections), []);
  });

  test("refuses the newest when every other one is busy", () => {
    const room = new ConnectionRoom(1);
    const [busy] = fill(room, 1);
    assert.ok(busy);
    room.answered(carrier(busy), true);
    room.busy(carrier(busy));
    const [newest] = fill(room, 1, 10);
    assert.deepEqual([busy.destroyed, newest?.destroyed], [false, true]);
  });
});
