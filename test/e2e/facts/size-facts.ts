import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Site } from "./site.ts";
import { DEPLOYMENTS, deployment, MIB, Sizes } from "./sizes.ts";

/** Leaves room for the rest of the object in a body of at most 3 MiB. */
const FULL = 3 * MIB - 4096;
/** The same for what etcd takes. */
const STORED = 1.5 * MIB - 8192;
const SLACK = 16_384;

function between(bytes: number, low: number, high: number): void {
  assert.ok(bytes >= low && bytes <= high, `${bytes} is not between ${low} and ${high}`);
}

export function sizeFacts(site: () => Site): void {
  const sizes = new Sizes();
  const request: Site["cluster"]["request"] = (...args) => site().cluster.request(...args);
  const dryRun = (body: unknown, type?: string) =>
    request("POST", `${DEPLOYMENTS}?dryRun=All`, body, type);

  describe("size of the AdmissionReview", () => {
    before(() => sizes.start(site()));

    test("3 MiB of < arrive as 18 MiB", async (t) => {
      const body = deployment("escaped", ["<".repeat(FULL)]);
      const seen = await sizes.send(t, "3 MiB of <", () => dryRun(body));
      assert.equal(seen.answer.status, 201);
      between(seen.mutating, 6 * FULL, 6 * FULL + SLACK);
      between(seen.validating, 6 * FULL, 6 * FULL + SLACK);
      const plain = deployment("plain", ["x".repeat(FULL)]);
      const same = await sizes.send(t, "3 MiB of x", () => dryRun(plain));
      between(same.mutating, FULL, FULL + SLACK);
    });

    test("what cannot be stored is refused after every webhook has judged it", async (t) => {
      const body = deployment("escaped", ["<".repeat(FULL)]);
      const seen = await sizes.send(t, "3 MiB, not dry", () => request("POST", DEPLOYMENTS, body));
      between(seen.validating, 6 * FULL, 6 * FULL + SLACK);
      assert.equal(seen.answer.status, 500);
      assert.match(seen.answer.text, /trying to send message larger than max .* 2097152/);
      const less = deployment("less", ["<".repeat(1.6 * MIB)]);
      const refused = await sizes.send(t, "1.6 MiB", () => request("POST", DEPLOYMENTS, less));
      assert.match(refused.answer.text, /etcdserver: request is too large/);
      const over = await request("POST", DEPLOYMENTS, deployment("over", ["<".repeat(3 * MIB)]));
      assert.equal(over.status, 413);
    });

    test("the largest update that can be stored is an 18 MiB review", async (t) => {
      const body = deployment("both", ["<".repeat(STORED)]);
      assert.equal((await request("POST", DEPLOYMENTS, body)).status, 201);
      const next = deployment("both", [`${"<".repeat(STORED - 1)}>`]);
      const seen = await sizes.send(t, "1.5 MiB to 1.5 MiB, not dry", () =>
        request("PUT", `${DEPLOYMENTS}/both`, next),
      );
      assert.equal(seen.answer.status, 200);
      between(seen.validating, 12 * STORED, 12 * STORED + SLACK);
    });

    test("an update from 1.5 MiB to 3 MiB is a 27 MiB review", async (t) => {
      await sizes.quiet(t, STORED, FULL);
      const next = deployment("both", ["<".repeat(FULL)]);
      const path = `${DEPLOYMENTS}/both?dryRun=All`;
      for (const turn of ["first", "second", "third"]) {
        const seen = await sizes.send(t, `1.5 MiB to 3 MiB, ${turn}`, () =>
          request("PUT", path, next),
        );
        assert.equal(seen.answer.status, 200);
        between(seen.validating, 6 * (FULL + STORED), 27 * MIB);
      }
    });

    test("a patch of 3 MiB adds to what is stored: 36 MiB", async (t) => {
      const command = ["<".repeat(FULL)];
      const spec = { template: { spec: { containers: [{ name: "main", command }] } } };
      const seen = await sizes.send(t, "a 3 MiB patch on 1.5 MiB", () =>
        request(
          "PATCH",
          `${DEPLOYMENTS}/both?dryRun=All`,
          JSON.stringify({ spec }),
          "application/strategic-merge-patch+json",
        ),
      );
      assert.equal(seen.answer.status, 200);
      between(seen.validating, 6 * (FULL + 2 * STORED), 36 * MIB);
    });

    test("1 MiB of YAML aliases grow without a bound of their own", async (t) => {
      const { spec, ...rest } = deployment("alias", ["ALIASES"]) as { spec: object };
      const args = `[&a "${"<".repeat(MIB)}", *a, *a, *a, *a, *a, *a, *a]`;
      const yaml = JSON.stringify({ ...rest, spec }).replace('["ALIASES"]', args);
      const seen = await sizes.send(t, "1 MiB and seven aliases", () =>
        dryRun(yaml, "application/yaml"),
      );
      assert.equal(seen.answer.status, 201);
      between(seen.validating, 48 * MIB, 48 * MIB + SLACK);
    });

    test("status goes to mutating webhooks on a create that does not keep it", async (t) => {
      const conditions = Array.from({ length: 900_000 }, () => ({}));
      const body = deployment("status", [], { conditions });
      const seen = await sizes.send(t, "2.6 MiB of {} in status.conditions, not dry", () =>
        request("POST", DEPLOYMENTS, body),
      );
      assert.equal(seen.answer.status, 201);
      between(seen.mutating, 60 * MIB, 70 * MIB);
      between(seen.validating, 1, SLACK);
    });
  });
}
