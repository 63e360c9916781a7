import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lastPathSegment, parseImage, sameImage } from "../../src/kubernetes/image.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const parsed: readonly [reference: string, registry: string, repository: string, tag?: string][] = [
  ["nginx", "docker.io", "library/nginx"],
  ["nginx:1.27", "docker.io", "library/nginx", "1.27"],
  ["docker.io/nginx:1.27", "docker.io", "library/nginx", "1.27"],
  ["index.docker.io/library/nginx", "docker.io", "library/nginx"],
  ["keycloak/keycloak", "docker.io", "keycloak/keycloak"],
  ["quay.io/keycloak/keycloak:26.1", "quay.io", "keycloak/keycloak", "26.1"],
  ["host:5000/app", "host:5000", "app"],
  ["host:5000/app:1", "host:5000", "app", "1"],
  ["localhost/app:dev", "localhost", "app", "dev"],
  ["Registry/app", "Registry", "app"],
  ["[fd00::1]:5000/app:1", "[fd00::1]:5000", "app", "1"],
  [" nginx:1.27 ", "docker.io", "library/nginx", "1.27"],
];

for (const [reference, registry, repository, tag] of parsed) {
  test(`image ${reference.trim()} is read with its defaults`, () => {
    assert.deepEqual(parseImage(reference), { registry, repository, tag, digest: undefined });
  });
}

test("an image keeps its tag beside its digest", () => {
  assert.deepEqual(parseImage(`app:latest@${DIGEST}`), {
    registry: "docker.io",
    repository: "library/app",
    tag: "latest",
    digest: DIGEST,
  });
});

for (const reference of ["", " ", "quay.io/", "app:", "app:bad tag", "app@", "app@latest"]) {
  test(`image "${reference}" is refused as no reference`, () => {
    assert.equal(parseImage(reference), undefined);
  });
}

test("the last path segment of an image is its name", () => {
  const image = parseImage("quay.io/prometheuscommunity/postgres-exporter:0.15.0");
  assert.equal(image && lastPathSegment(image), "postgres-exporter");
});

test("images are the same when only defaults are spelled out", () => {
  assert.ok(sameImage("nginx", "docker.io/library/nginx:latest"));
  assert.ok(!sameImage("nginx", "nginx:1.27"));
  assert.ok(!sameImage("nginx:1.27", "quay.io/nginx:1.27"));
});

test("images are the same when their digests are, whatever they are called", () => {
  assert.ok(sameImage(`nginx:1.27@${DIGEST}`, `mirror.example/nginx@${DIGEST}`));
  assert.ok(!sameImage(`nginx:1.27@${DIGEST}`, "nginx:1.27"));
});

test("images that nobody can pull are the same only when written the same", () => {
  assert.ok(sameImage("app:", "app:"));
  assert.ok(!sameImage("app:", "app"));
});

test("an image of any text is read without throwing and equals itself", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseImage(text);
      return sameImage(text, text);
    }),
  );
});
