import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ApiRequest, ApiResponse, Connection } from "../../../src/adapters/kube/api-client.ts";
import { LeaderElection } from "../../../src/adapters/kube/leader-election.ts";
import { Lease } from "../../../src/adapters/kube/lease.ts";
import { dig, type JsonObject } from "../../../src/kubernetes/json.ts";
import { FakeClock } from "./fake-clock.ts";
import { half, memoryLogger, settle } from "./support.ts";

/** An API server that holds one Lease and compares versions. */
class LeaseServer {
  lease: JsonObject | undefined = {
    metadata: { name: "keymate-guard-audit", resourceVersion: "1" },
  };
  status = 0;
  writes = 0;
  #version = 1;

  get holder(): unknown {
    return dig(this.lease, "spec", "holderIdentity");
  }

  connection(): Connection {
    const request = async (call: ApiRequest) => this.#answer(call);
    const stream = () => Promise.reject(new Error("not used here"));
    return { server: "fake", namespace: undefined, request, stream, close: () => {} };
  }

  #answer({ method, body }: ApiRequest): ApiResponse {
    const answer = (status: number, object: unknown): ApiResponse => {
      const text = JSON.stringify(object ?? {});
      return { status, headers: {}, body: text, bytes: text.length };
    };
    if (this.status !== 0) return answer(this.status, { message: "no" });
    if (method === "GET") return answer(this.lease === undefined ? 404 : 200, this.lease);
    const given = JSON.parse(body ?? "") as JsonObject;
    const version = dig(given, "metadata", "resourceVersion");
    const known = dig(this.lease, "metadata", "resourceVersion");
    if (method === "PUT" && version !== known) return answer(409, {});
    this.#version += 1;
    this.writes += 1;
    const metadata = { ...(given["metadata"] as object), resourceVersion: `${this.#version}` };
    this.lease = { ...given, metadata };
    return answer(method === "POST" ? 201 : 200, this.lease);
  }
}

function candidate(server: LeaseServer, clock: FakeClock, identity: string) {
  const now = () => clock.now();
  const lease = new Lease({
    connection: server.connection(),
    ...{ namespace: "keymate-guard", name: "keymate-guard-audit", identity, now, monotonic: now },
  });
  const stop = new AbortController();
  const terms: boolean[] = [];
  const election = new LeaderElection({
    ...{ lease, clock, monotonic: now, logger: memoryLogger(), random: half },
    lead: async (term) => {
      terms.push(true);
      const index = terms.length - 1;
      const ended = Promise.withResolvers<void>();
      term.addEventListener("abort", () => ended.resolve(), { once: true });
      await ended.promise;
      terms[index] = false;
    },
  });
  const done = election.run(stop.signal);
  return {
    election,
    leads: () => terms.at(-1) === true,
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

async function pass(clock: FakeClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1_000);
    await settle();
  }
}

suite("an election by a Lease", () => {
  test("has one leader, who renews and stays", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const first = candidate(server, clock, "first");
    await settle();
    const second = candidate(server, clock, "second");
    await pass(clock, 60);
    assert.deepEqual([first.leads(), second.leads()], [true, false]);
    assert.equal(server.holder, "first");
    assert.ok(server.writes > 20);
    await Promise.all([first.stop(), second.stop()]);
  });

  test("has the next leader at once when the first one lets go", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const first = candidate(server, clock, "first");
    await settle();
    const second = candidate(server, clock, "second");
    await settle();
    await first.stop();
    assert.equal(server.holder, "");
    await pass(clock, 3);
    assert.equal(second.leads(), true);
    await second.stop();
  });

  test("never believes another's clock: a lease runs out when it was not seen to change", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const spec = { holderIdentity: "dead", leaseDurationSeconds: 15, renewTime: "1999-01-01" };
    server.lease = { ...server.lease, spec };
    const next = candidate(server, clock, "next");
    await pass(clock, 14);
    assert.equal(next.leads(), false);
    await pass(clock, 5);
    assert.equal(next.leads(), true);
    await next.stop();
  });

  test("ends a term that could not be renewed before its lease runs out", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const leader = candidate(server, clock, "leader");
    await settle();
    assert.equal(leader.leads(), true);
    server.status = 500;
    await pass(clock, 6);
    assert.equal(leader.leads(), true);
    await pass(clock, 8);
    assert.equal(leader.leads(), false);
    assert.notEqual(leader.election.problem, undefined);
    server.status = 0;
    await pass(clock, 6);
    assert.equal(leader.leads(), true);
    await leader.stop();
  });

  test("ends the term of a leader whose lease somebody else took", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const leader = candidate(server, clock, "leader");
    await settle();
    const spec = { holderIdentity: "thief", leaseDurationSeconds: 15 };
    server.lease = { metadata: { resourceVersion: "999" }, spec };
    await pass(clock, 3);
    assert.equal(leader.leads(), false);
    assert.equal(server.holder, "thief");
    await leader.stop();
  });

  test("makes the Lease where there is none", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    server.lease = undefined;
    const leader = candidate(server, clock, "leader");
    await settle();
    assert.equal(leader.leads(), true);
    await leader.stop();
  });
});
