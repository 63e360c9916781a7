import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { FailPolicy, type FailPolicyOptions } from "../../../src/usecases/webhooks/fail-policy.ts";
import { FakeClock } from "../../adapters/kube/fake-clock.ts";
import { memoryLogger } from "../../adapters/kube/support.ts";

const SECOND = 1_000;

function setup(t: TestContext, options: Partial<FailPolicyOptions> = {}) {
  const clock = new FakeClock();
  const logger = memoryLogger();
  const abort = new AbortController();
  t.after(() => abort.abort());
  const answering = { replicas: ["a", "b"], inSync: true, refusing: true, error: "" };
  let asked = 0;
  let raises = 0;
  const policy = new FailPolicy({
    setting: "auto",
    replicas: 2,
    forMs: 60 * SECOND,
    mayRefuse: () => answering.refusing,
    inSync: () => answering.inSync,
    probe: async () => {
      if (answering.error !== "") throw new Error(answering.error);
      asked += 1;
      const { replicas } = answering;
      const one = replicas[asked % replicas.length];
      return one === undefined ? [] : [one];
    },
    onRaise: () => {
      raises += 1;
    },
    clock,
    logger,
    ...options,
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    policy,
    answering,
    lines: logger.lines,
    raises: () => raises,
    asked: () => asked,
    async start() {
      void policy.run(abort.signal);
      await turn();
    },
    async after(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 1) {
        clock.advance(SECOND);
        await turn();
      }
    },
  };
}

test("Fail is raised once two replicas answered side by side for a minute, and told once", async (t) => {
  const it = setup(t);
  await it.start();
  await it.after(59);
  assert.equal(it.policy.stage, "proving");
  assert.match(
    it.policy.detail(),
    /^Ignore until proved: 2 of 2 replicas answered the API server side by side for 5\d s of 60 s$/,
  );
  await it.after(5);
  assert.equal(it.policy.stage, "fail");
  assert.equal(it.raises(), 1);
  assert.equal(it.policy.detail(), "Fail: 2 of 2 replicas answered the API server");
  await it.after(300);
  assert.deepEqual(
    it.lines.map(({ level, fields }) => `${level} ${fields["stage"]}`),
    ["info proving", "info fail"],
  );
});

test("a single replica never raises Fail, and says so as a warning", async (t) => {
  const it = setup(t);
  it.answering.replicas = ["a"];
  await it.start();
  await it.after(3_600);
  assert.equal(it.policy.stage, "proving");
  assert.equal(it.policy.answering, 1);
  const { level, message, fields } = it.lines.at(-1) ?? {};
  assert.equal(`${level} ${message}`, "warn failure policy is not raised to Fail");
  assert.equal(fields?.["detail"], "Ignore until proved: 1 of 2 replicas answered the API server");
  assert.equal(it.lines.length, 2);
});

test("probes of a guard that cannot prove itself become rare", async (t) => {
  const it = setup(t);
  it.answering.replicas = ["a"];
  await it.start();
  await it.after(600);
  const early = it.asked();
  await it.after(600);
  assert.ok(it.asked() - early < early / 4, `${early}, then ${it.asked() - early}`);
});

test("a single replica that is enough raises Fail", async (t) => {
  const it = setup(t, { replicas: 1, forMs: 0 });
  it.answering.replicas = ["a"];
  await it.start();
  assert.equal(it.policy.stage, "fail");
});

test("replicas that keep being restarted never raise Fail", async (t) => {
  const it = setup(t);
  await it.start();
  for (let restart = 0; restart < 20; restart += 1) {
    it.answering.replicas = ["a", `b${restart}`];
    await it.after(50);
  }
  assert.equal(it.policy.stage, "proving");
});

test("entries that are not as they should be hold Fail back", async (t) => {
  const it = setup(t);
  it.answering.inSync = false;
  await it.start();
  await it.after(120);
  assert.equal(it.policy.stage, "proving");
  assert.match(it.policy.detail(), /the webhook entries are not as they should be/);
  it.answering.inSync = true;
  await it.after(2);
  assert.equal(it.policy.stage, "fail");
});

test("a probe that fails is told in the words of whoever refused it", async (t) => {
  const it = setup(t);
  it.answering.error = "x509: certificate signed by unknown authority";
  await it.start();
  assert.match(it.policy.detail(), /0 of 2 replicas .*; x509: certificate signed by unknown/);
});

test("Fail that was raised stays when replicas go, with one warning", async (t) => {
  const it = setup(t);
  await it.start();
  await it.after(70);
  it.answering.replicas = ["a"];
  await it.after(400);
  assert.equal(it.policy.stage, "fail");
  assert.equal(it.policy.detail(), "Fail stays: 1 of 2 replicas answered the API server");
  const warned = it.lines.filter(({ level }) => level === "warn");
  assert.deepEqual(
    warned.map(({ message }) => message),
    ["fewer replicas answer than failure policy Fail asks for"],
  );
});

test("Fail that is found in the cluster is kept without a new proof", (t) => {
  const it = setup(t);
  it.policy.observe("fail");
  assert.equal(it.policy.stage, "fail");
  it.policy.observe("ignore");
  assert.equal(it.policy.stage, "fail", "somebody else's Ignore is repaired");
});

test("after the emergency exit the proof starts anew", async (t) => {
  const it = setup(t);
  await it.start();
  await it.after(70);
  assert.equal(it.policy.stage, "fail");
  it.policy.observe("absent");
  assert.equal(it.policy.stage, "proving");
  const asked = it.asked();
  await it.after(30);
  assert.equal(it.asked(), asked, "there is nobody to ask through");
  assert.match(it.policy.detail(), /^nothing is intercepted/);
  it.policy.observe("ignore");
  await it.after(50);
  assert.equal(it.policy.stage, "proving");
  await it.after(40);
  assert.equal(it.policy.stage, "fail");
});

test("a policy that refuses nothing has nothing to raise and sends no probe", async (t) => {
  const it = setup(t);
  it.answering.refusing = false;
  await it.start();
  await it.after(120);
  assert.equal(it.policy.stage, "ignore");
  assert.equal(it.asked(), 0);
});

for (const setting of ["ignore", "fail"] as const) {
  test(`--fail-policy ${setting} holds whatever is found, and nothing is probed`, async (t) => {
    const it = setup(t, { setting });
    it.policy.observe(setting === "fail" ? "ignore" : "fail");
    await it.start();
    await it.after(120);
    assert.equal(it.policy.stage, setting);
    assert.equal(it.asked(), 0);
    assert.equal(it.policy.answering, undefined);
  });
}
