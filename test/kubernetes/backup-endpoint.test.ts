import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hostOf, isClusterName, serviceName } from "../../src/kubernetes/backup-endpoint.ts";

test("the host of an endpoint is found with and without scheme, user, port and path", () => {
  assert.equal(hostOf("https://user:pw@S3.example.com:9000/path?x#y"), "s3.example.com");
  assert.equal(hostOf("minio.minio.svc:9000"), "minio.minio.svc");
  assert.equal(hostOf("http://[fd00::17]:9000"), "fd00::17");
  assert.equal(hostOf(" http://minio.minio.svc.cluster.local./ "), "minio.minio.svc.cluster.local");
  assert.equal(hostOf("https://"), undefined);
  assert.equal(hostOf(""), undefined);
});

test("a name is inside the cluster by its domain, as a single label or as the machine itself", () => {
  for (const host of [
    "a.b.svc",
    "a.b.svc.cluster.local",
    "minio",
    "localhost",
    "x.localhost",
    "127.1.2.3",
    "::1",
  ]) {
    assert.equal(isClusterName(host, "cluster.local"), true, host);
  }
  for (const host of ["s3.amazonaws.com", "svc.example.com", "10.0.0.1", "a.svc.corp", "asvc.io"]) {
    assert.equal(isClusterName(host, "cluster.local"), false, host);
  }
  assert.equal(isClusterName("a.b.svc.corp", "corp."), true);
});

test("only a name of two labels can be a Service of another namespace", () => {
  assert.deepEqual(serviceName("minio.storage"), { name: "minio", namespace: "storage" });
  assert.equal(serviceName("minio"), undefined);
  assert.equal(serviceName("a.b.c"), undefined);
  assert.equal(serviceName(".b"), undefined);
});

test("reading a host never throws and never takes in a path", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const host = hostOf(text);
      assert.ok(host === undefined || !host.includes("/"));
    }),
  );
});
