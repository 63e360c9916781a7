import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CERTIFICATE_FILES } from "../../../src/adapters/certs/certificate-set.ts";
import { readCertificateFiles } from "../../../src/adapters/certs/directory-files.ts";
import { generateCertificates } from "../../../src/adapters/certs/generate.ts";
import { describeSet, inspectDirectory } from "../../../src/adapters/certs/inspect.ts";
import {
  DAY,
  HOUR,
  ISSUE,
  makeAuthority,
  makeLeaf,
  makeSet,
  NAMES,
  toSet,
} from "./support/certificates.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { scratch } from "./support/scratch.ts";

const clock = new FakeClock();
const now = clock.now();
const expected = { names: NAMES, now };

describe("generateCertificates", () => {
  it("writes CA and leaf into a new folder, and nothing the second time", async (t) => {
    const directory = join(scratch(t), "certs");
    const first = await generateCertificates({ directory, issue: ISSUE, clock });
    assert.ok(first.ok);
    assert.deepEqual(first.written, CERTIFICATE_FILES);
    assert.deepEqual(first.description.problems, []);
    const second = await generateCertificates({ directory, issue: ISSUE, clock });
    assert.ok(second.ok);
    assert.deepEqual(second.written, []);
  });

  it("writes only a leaf when a name is new", async (t) => {
    const directory = scratch(t);
    await generateCertificates({ directory, issue: ISSUE, clock });
    const issue = { ...ISSUE, names: ["guard.example"] };
    const result = await generateCertificates({ directory, issue, clock });
    assert.ok(result.ok);
    assert.deepEqual(result.written, ["tls.crt", "tls.key"]);
    assert.ok(result.description.certificates[1]?.names.includes("guard.example"));
  });

  it("refuses to overwrite what it does not understand", async (t) => {
    const directory = scratch(t);
    writeFileSync(join(directory, "ca.key"), "precious");
    const result = await generateCertificates({ directory, issue: ISSUE, clock });
    assert.ok(!result.ok);
    assert.match(result.reason, /there is no ca\.crt/);
    assert.equal((await readCertificateFiles(directory))["ca.key"], "precious");
  });

  it("fails on a folder that cannot be made, with the error of the system", async (t) => {
    const file = join(scratch(t), "file");
    writeFileSync(file, "");
    const directory = join(file, "certs");
    await assert.rejects(generateCertificates({ directory, issue: ISSUE, clock }), {
      code: "ENOTDIR",
    });
  });
});

describe("inspectDirectory", () => {
  it("describes every certificate of a good folder", async (t) => {
    const directory = scratch(t);
    await generateCertificates({ directory, issue: ISSUE, clock });
    const result = await inspectDirectory(directory, expected);
    const { certificates, ...rest } = result;
    assert.deepEqual(rest, {
      missing: [],
      pairOk: true,
      chainOk: true,
      canRenew: true,
      problems: [],
    });
    const [ca, leaf] = certificates;
    assert.equal(ca?.subject, "O=keymate-guard, CN=keymate-guard generation 1");
    assert.equal(leaf?.issuer, ca?.subject);
    assert.equal(ca?.isCa, true);
    assert.deepEqual([ca?.daysLeft, leaf?.daysLeft], [1825, 90]);
    assert.equal(leaf?.renewalDue, false);
    assert.equal(leaf?.renewAt.getTime(), now + 90 * DAY - (91 * DAY) / 3);
    assert.deepEqual(leaf?.names.slice(0, 3), NAMES.slice(0, 3));
  });

  it("finds nothing, and so nothing wrong, in an absent folder", async (t) => {
    const absent = await inspectDirectory(join(scratch(t), "nowhere"), expected);
    assert.deepEqual(absent.missing, CERTIFICATE_FILES);
    assert.deepEqual(absent.certificates, []);
    assert.deepEqual([absent.pairOk, absent.chainOk, absent.problems], [false, undefined, []]);
  });

  it("fails on a file that is there and cannot be read", async (t) => {
    const directory = scratch(t);
    mkdirSync(join(directory, "tls.crt"));
    await assert.rejects(inspectDirectory(directory, expected), { code: "EISDIR" });
  });
});

describe("describeSet", () => {
  const set = makeSet(now);
  const other = makeSet(now);

  it("judges pair and chain separately", () => {
    const mixed = describeSet({ ...set, "tls.key": other["tls.key"] }, expected);
    assert.deepEqual([mixed.pairOk, mixed.chainOk], [false, true]);
    const foreign = describeSet({ ...set, "ca.crt": other["ca.crt"] }, expected);
    assert.deepEqual([foreign.pairOk, foreign.chainOk, foreign.canRenew], [true, false, false]);
    const unreadable = describeSet({ ...set, "tls.crt": "?" }, expected);
    assert.deepEqual([unreadable.pairOk, unreadable.chainOk], [false, false]);
    assert.equal(describeSet({ ...set, "ca.key": "" }, expected).canRenew, false);
  });

  it("counts the days that are left down to below zero", () => {
    const ca = makeAuthority(now);
    const days = (at: number) =>
      describeSet(toSet(ca, makeLeaf(ca, now, NAMES, DAY)), { names: [], now: at }).certificates[1]
        ?.daysLeft;
    assert.deepEqual([days(now), days(now + HOUR), days(now + 25 * HOUR)], [1, 0, -1]);
  });
});
