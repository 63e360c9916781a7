import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { type CertificateSet, toServing } from "../../../src/adapters/certs/certificate-set.ts";
import { type ServerTlsOptions, tlsOptions } from "../../../src/adapters/certs/tls-options.ts";
import { DAY, makeAuthority, makeLeaf, makeSet, NAMES, toSet } from "./support/certificates.ts";

const expected = { names: NAMES, now: Date.now() };

function optionsOf(set: CertificateSet): ServerTlsOptions {
  const result = tlsOptions(toServing(set, expected.now), expected);
  assert.ok(result.ok);
  return result.options;
}

async function listen(context: TestContext, options: ServerTlsOptions): Promise<Server> {
  const server = createServer(options, (_, response) => response.end("ok"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** One request; resolves with the certificate and the local port of the connection it used. */
async function ask(server: Server, agent: Agent, ca: string) {
  const sent = request({
    port: portOf(server),
    host: "127.0.0.1",
    servername: "localhost",
    agent,
    ca,
  });
  sent.end();
  const [response] = await once(sent, "response");
  const socket = response.socket as TLSSocket;
  const { fingerprint256 } = socket.getPeerCertificate();
  const { localPort } = socket;
  response.resume();
  await once(response, "end");
  return { fingerprint256, localPort };
}

describe("tlsOptions", () => {
  it("serve handshakes that verify against the bundle, by name and by address", async (t) => {
    const set = makeSet(Date.now());
    const server = await listen(t, optionsOf(set));
    for (const name of ["localhost", "keymate-guard.keymate-guard.svc"]) {
      const socket = connect({
        port: portOf(server),
        host: "127.0.0.1",
        servername: name,
        ca: set["ca.crt"],
      });
      await once(socket, "secureConnect");
      assert.equal(socket.authorized, true);
      socket.destroy();
    }
    const byAddress = connect({ port: portOf(server), host: "127.0.0.1", ca: set["ca.crt"] });
    await once(byAddress, "secureConnect");
    byAddress.destroy();
  });

  it("swap for new connections only, while a kept-alive one goes on", async (t) => {
    const ca = makeAuthority(Date.now());
    const [before, after] = [1, 2].map(() => toSet(ca, makeLeaf(ca, Date.now())));
    assert.ok(before && after);
    const server = await listen(t, optionsOf(before));
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    // Keeps TLS sessions, not connections: resuming must not bring the old certificate back.
    const fresh = new Agent({ keepAlive: false });
    t.after(() => kept.destroy());
    const first = await ask(server, kept, ca.cert);
    await ask(server, fresh, ca.cert);
    server.setSecureContext(optionsOf(after));
    assert.deepEqual(await ask(server, kept, ca.cert), first);
    const next = await ask(server, fresh, ca.cert);
    assert.equal(next.fingerprint256, toServing(after, expected.now).fingerprint);
    assert.equal(first.fingerprint256, toServing(before, expected.now).fingerprint);
  });

  it("keep refusing TLS 1.1 after a swap", async (t) => {
    const set = makeSet(Date.now());
    const server = await listen(t, optionsOf(set));
    server.setSecureContext(optionsOf(makeSet(Date.now())));
    const socket = connect({
      port: portOf(server),
      host: "127.0.0.1",
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      ciphers: "DEFAULT@SECLEVEL=0",
      rejectUnauthorized: false,
    });
    const [error] = await once(socket, "error");
    assert.match(String(error.message), /version|alert/i);
  });

  it("name the fault of a pair that must not go into service", () => {
    const serving = toServing(makeSet(expected.now), expected.now);
    const reason = (change: object, at = expected.now): string | undefined => {
      const result = tlsOptions({ ...serving, ...change }, { names: NAMES, now: at });
      return result.ok ? undefined : result.reason;
    };
    assert.equal(reason({}), undefined);
    assert.equal(reason({ caBundle: "" }), undefined);
    assert.match(reason({ key: makeSet(expected.now)["tls.key"] }) ?? "", /does not belong/);
    assert.match(reason({ caBundle: makeSet(expected.now)["ca.crt"] }) ?? "", /not signed/);
    assert.match(reason({}, expected.now + 91 * DAY) ?? "", /expired on/);
  });

  it("carry the CA of client certificates when there is one", () => {
    const serving = toServing(makeSet(expected.now), expected.now);
    const clientCa = makeAuthority(expected.now).cert;
    const result = tlsOptions(serving, expected, clientCa);
    assert.ok(result.ok);
    assert.equal(result.options.ca, clientCa);
  });
});
