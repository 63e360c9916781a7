import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { splitHosts } from "../../../src/adapters/certs/issue.ts";

describe("splitHosts", () => {
  it("tells addresses from names and drops repetitions", () => {
    assert.deepEqual(splitHosts(["localhost", "127.0.0.1", "::1", "LOCALHOST", "*.a.example"]), {
      names: ["localhost", "*.a.example"],
      ips: ["127.0.0.1", "::1"],
    });
  });

  it("writes international names in their ASCII form", () => {
    assert.deepEqual(splitHosts(["bücher.example"]).names, ["xn--bcher-kva.example"]);
  });

  for (const name of ["", "a b", "a..b", "https://a", "a.*.b", "a:443", "a/b"]) {
    it(`refuses ${JSON.stringify(name)}`, () => {
      assert.throws(() => splitHosts([name]), /neither a DNS name nor an IP address/);
    });
  }
});
