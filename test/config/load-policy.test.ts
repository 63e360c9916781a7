import assert from "node:assert/strict";
import test from "node:test";
import { loadPolicy } from "../../src/config/load-policy.ts";
import { complaints, HEAD, load, loaded, rules, withSpec } from "./support/policies.ts";

const MANY_MISTAKES = `apiVersion: policy.keymate.io/v1
kind: Platformpolicy
metadat: {}
spec:
  extends: none
  profile: Production
  platform:
  layers:
    - {name: data, namespaces: [a, b, "c*", A_b]}
    - {name: app, namespaces: [a]}
    - {name: app}
  components:
    - {name: x, layer: dta, minReplicas: -1}
    - {name: x, critical: "yes"}
    - {name: y, minReplica: 2, resources: {limits: {cpu: 2x, memory: 2GB}}}
  defaults:
    labels: {policy.keymate.io/component: x}
  rules:
    res-limit-required: {mode: enforce}
    res-limits-required: {mode: deny, params: {cpu: of, memory: 1}}
    res-default: {params: {anounce: true, exceptLayers: data}}
    constructor: {}
  overrides:
    - {mode: warn, until: 2027-03-31}
    - {rules: [ha-*, foo*, res-defaul], mode: off}
    - {objects: [Deployment], mode: warn, until: 2027-02-30}
    - {objects: [], mode: warn, until: tomorrow}
  unlayered: 3
  trustedControllers: ["system:*"]
  excludedNamespaces: kube-system
  excludedNamespaces: []
`;

test("a policy file reports every mistake at once, each with its line, column and path", () => {
  assert.deepEqual(complaints(MANY_MISTAKES), [
    'p.yaml:1:1: apiVersion must be policy.keymate.io/v1alpha1, found "policy.keymate.io/v1"',
    "p.yaml:1:1: metadata needs a name: with extends: none there is none to inherit",
    'p.yaml:2:1: kind must be PlatformPolicy, found "Platformpolicy"',
    "p.yaml:3:1: metadat is not a known field, did you mean metadata?",
    'p.yaml:6:3: spec.profile must be one of production, staging, development, found "Production", did you mean production?',
    "p.yaml:7:3: spec.platform is empty: give it a value or remove it",
    'p.yaml:9:45: spec.layers[0].namespaces[3] must be a namespace name or a * glob: lower-case letters, digits, -, found "A_b"',
    "p.yaml:10:32: spec.layers[1].namespaces[0] is in two layers: a belongs to data already",
    "p.yaml:11:7: spec.layers[2] repeats the layer app",
    "p.yaml:13:17: spec.components[0].layer names the layer dta, which spec.layers does not hold, did you mean data?",
    "p.yaml:13:29: spec.components[0].minReplicas must be at least 0, found -1",
    "p.yaml:14:7: spec.components[1] repeats the component x",
    'p.yaml:14:17: spec.components[1].critical must be true or false, found "yes"',
    "p.yaml:15:7: spec.components[2] needs a layer: y is a new component",
    "p.yaml:15:17: spec.components[2].minReplica is not a known field, did you mean minReplicas?",
    'p.yaml:15:53: spec.components[2].resources.limits.cpu must be a quantity such as 500m, 2 or 2Gi, found "2x"',
    'p.yaml:15:62: spec.components[2].resources.limits.memory must be a quantity such as 500m, 2 or 2Gi, found "2GB"',
    "p.yaml:17:14: spec.defaults.labels[policy.keymate.io/component] cannot be a default: it differs by workload",
    "p.yaml:19:5: spec.rules.res-limit-required is not a rule, did you mean res-limits-required?",
    'p.yaml:20:27: spec.rules.res-limits-required.mode must be one of enforce, warn, audit, off, found "deny"',
    'p.yaml:20:48: spec.rules.res-limits-required.params.cpu must be one of enforce, warn, found "of"',
    "p.yaml:20:57: spec.rules.res-limits-required.params.memory is not a known field",
    "p.yaml:21:28: spec.rules.res-default.params.anounce is not a known field, did you mean announce?",
    'p.yaml:21:43: spec.rules.res-default.params.exceptLayers must be a list, found "data"',
    "p.yaml:22:5: spec.rules.constructor is not a rule",
    "p.yaml:24:7: spec.overrides[0] names nothing: give it namespaces, rules or objects",
    "p.yaml:25:7: spec.overrides[1] needs an until date: off is weaker than warn, the mode of ha-spread",
    "p.yaml:25:22: spec.overrides[1].rules[1] matches no rule: foo*",
    "p.yaml:25:28: spec.overrides[1].rules[2] matches no rule: res-defaul, did you mean res-default?",
    'p.yaml:26:18: spec.overrides[2].objects[0] must be Kind/name, for example Deployment/*, found "Deployment"',
    'p.yaml:26:43: spec.overrides[2].until is not in the calendar, found "2027-02-30"',
    "p.yaml:27:8: spec.overrides[3].objects is an empty list, which names nothing: fill it or leave it out",
    'p.yaml:27:33: spec.overrides[3].until must be a date such as 2027-03-31, found "tomorrow"',
    "p.yaml:28:3: spec.unlayered must be one of enforce, warn, audit, off, found 3",
    'p.yaml:29:24: spec.trustedControllers[0] must be an exact user name: globs do not work here, found "system:*"',
    'p.yaml:30:3: spec.excludedNamespaces must be a list, found "kube-system"',
    "p.yaml:31:3: spec.excludedNamespaces is written twice, first on line 30",
  ]);
});

test("a problem carries source, line, column, path and message as data", () => {
  const result = load(withSpec("  unlayered: never\n"));
  assert.equal(result.ok, false);
  assert.deepEqual(!result.ok && result.problems, [
    {
      source: "p.yaml",
      line: 4,
      column: 3,
      path: "spec.unlayered",
      message: 'must be one of enforce, warn, audit, off, found "never"',
    },
  ]);
});

test("a file that is no single map is refused in plain words", () => {
  const empty =
    "p.yaml:1:1: the policy is empty: write a PlatformPolicy, or leave the file out to use the embedded policy";
  assert.deepEqual(complaints(""), [empty]);
  assert.deepEqual(complaints("# nothing\n"), [empty]);
  assert.deepEqual(complaints("[]"), [
    "p.yaml:1:1: the policy must be a map with apiVersion, kind and spec, found a list",
  ]);
  assert.deepEqual(complaints(`${HEAD}---\n${HEAD}`), [
    "p.yaml:3:1: the policy holds a second YAML document: keep one per file",
  ]);
});

test("a file that is no YAML is refused with the line of the syntax error", () => {
  assert.deepEqual(complaints("a: [1\n"), [
    "p.yaml:2:1: the policy is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ]);
  assert.deepEqual(complaints("x:\n\ty: 1\n"), [
    "p.yaml:2:1: the policy is indented with a tab: YAML wants spaces",
  ]);
});

test("an unquoted glob that begins with * is refused with the advice to quote it", () => {
  const text = withSpec(
    "  overrides:\n    - {namespaces: [*-old], rules: [ha-spread], mode: warn}\n",
  );
  assert.deepEqual(complaints(text), [
    "p.yaml:5:21: spec.overrides[0].namespaces[0] *-old has no anchor: quote a glob that starts with *",
  ]);
});

test("a hostile file is refused without exhausting anything", () => {
  const bomb = Array.from(
    { length: 20 },
    (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1},*a${i - 1}` : "x"}]`,
  );
  assert.deepEqual(complaints(bomb.join("\n")), [
    "p.yaml:1:1: the policy uses more than 100 aliases",
  ]);
  const deep = ["p.yaml:1:1: the policy is nested too deeply"];
  assert.deepEqual(complaints("[".repeat(50_000)), deep);
  assert.deepEqual(complaints("a: &a [*a]"), [
    "p.yaml:1:1: the policy is nested deeper than 50 levels",
  ]);
  assert.deepEqual(complaints(`# ${"x".repeat(1024 * 1024)}`), [
    "p.yaml:1:1: the policy is larger than 1 MiB",
  ]);
  assert.deepEqual(complaints(withSpec("  __proto__: {unlayered: off}\n")), [
    "p.yaml:4:3: spec.__proto__ is not a usable key",
  ]);
  assert.deepEqual(complaints(withSpec("  components: [{name: cache, minReplicas: 1e999}]\n")), [
    "p.yaml:4:30: spec.components[0].minReplicas is not a number that can be kept: 1e999",
  ]);
});

test("an aliased value is understood as if it were written out", () => {
  const text = withSpec(
    "  layers: [{name: data, namespaces: &n [a]}]\n  excludedNamespaces: *n\n  components: []\n  extends: none\nmetadata: {name: x}\n",
  );
  assert.equal(loaded(text).policy.isExcluded("a"), true);
});

test("a file lays maps over the embedded ones key by key", () => {
  const { policy } = loaded(
    withSpec("  defaults: {resources: {limits: {cpu: 4}}, labels: {team: iam}}\n"),
  );
  assert.deepEqual(policy.platform.defaults, {
    resources: {
      requests: { cpu: "500m", memory: "512Mi" },
      limits: { cpu: "4", memory: "2Gi" },
    },
    labels: { team: "iam" },
  });
});

test("a file lays components over the embedded ones by name", () => {
  const { policy } = loaded(
    withSpec(
      "  components: [{name: cache, minReplicas: 3}, {name: vault, layer: data, critical: true}]\n",
    ),
  );
  const { components } = policy.platform;
  assert.equal(components.size, 13);
  assert.equal(components.get("cache")?.minReplicas, 3);
  assert.equal(components.get("cache")?.layer, "data");
  assert.deepEqual(components.get("vault"), {
    name: "vault",
    layer: "data",
    critical: true,
    minReplicas: 2,
    resources: undefined,
    match: undefined,
  });
});

test("a file replaces every other list", () => {
  const { policy } = loaded(withSpec("  trustedControllers: [me]\n  excludedNamespaces: []\n"));
  assert.equal(policy.isTrustedController("system:serviceaccount:cnpg-system:cnpg-manager"), false);
  assert.equal(policy.isTrustedController("me"), true);
  assert.equal(policy.isExcluded("kube-system"), false);
});

test("layers that lose one of an embedded component are refused where the layers stand", () => {
  assert.deepEqual(
    complaints(
      withSpec(
        "  layers: [{name: infrastructure}, {name: application}, {name: observability}]\n  components: [{name: message-broker, layer: application}, {name: cache, layer: application}]\n",
      ),
    ),
    [
      "p.yaml:4:3: spec.layers lacks the layer data: the embedded component relational-database belongs to it; give relational-database another layer",
    ],
  );
});

test("extends: none starts from nothing, in spec or at the top of the document", () => {
  for (const text of [
    `${HEAD}metadata: {name: bare}\nspec: {extends: none}\n`,
    `${HEAD}metadata: {name: bare}\nextends: none\n`,
  ]) {
    const { policy } = loaded(text);
    assert.equal(policy.platform.name, "bare");
    assert.deepEqual(policy.platform.layers, []);
    assert.equal(policy.platform.components.size, 0);
    assert.deepEqual(policy.platform.defaults.resources, { requests: {}, limits: {} });
    assert.equal(policy.isExcluded("kube-system"), false);
    assert.equal(policy.unlayered, "audit");
    assert.deepEqual(
      policy.checks.map(({ mode }) => mode),
      ["enforce", "enforce", "warn"],
    );
  }
});

test("extends in two places with two values is refused", () => {
  assert.deepEqual(
    complaints(`${HEAD}extends: keymate\nspec: {extends: none}\nmetadata: {name: x}\n`),
    ["p.yaml:3:1: extends contradicts spec.extends: keep one of them"],
  );
});

test("a rule takes mode and parameters from the file and its own defaults otherwise", () => {
  const { policy } = loaded(
    withSpec("  rules: {res-default: {params: {announce: false}}, ha-spread: {mode: audit}}\n"),
  );
  const checks = policy.checks.map(({ rule, mode, params }) => [rule.id, mode, params]);
  assert.deepEqual(checks, [
    ["res-limits-required", "enforce", { cpu: "enforce" }],
    ["res-default", "enforce", { announce: false, exceptLayers: ["data"] }],
    ["ha-spread", "audit", {}],
  ]);
});

test("profiles other than production and --mode cap every rule", () => {
  const staging = withSpec("  profile: staging\n");
  const development = withSpec("  profile: development\n");
  assert.equal(loaded(staging).policy.cap, "warn");
  assert.equal(loaded(development).policy.cap, "warn");
  for (const [text, modeCap, expected] of [
    [undefined, "warn", "warn"],
    [staging, "enforce", "warn"],
    [staging, "audit", "audit"],
  ] as const) {
    const result = loadPolicy({ text, rules, modeCap });
    assert.equal(result.ok && result.policy.cap, expected);
  }
});

test("a request above its limit is refused wherever the two were written", () => {
  assert.deepEqual(complaints(withSpec("  defaults: {resources: {requests: {cpu: 2500m}}}\n")), [
    'p.yaml:4:37: spec.defaults.resources.requests.cpu is more than the limit: "2500m" against "2"',
  ]);
  assert.deepEqual(
    complaints(
      withSpec(
        "  components: [{name: cache, resources: {requests: {memory: 1Gi}, limits: {memory: 1000Mi}}}]\n",
      ),
    ),
    [
      'p.yaml:4:53: spec.components[0].resources.requests.memory is more than the limit: "1Gi" against "1000Mi"',
    ],
  );
});

test("a policy's id tells contents apart and does not depend on how they are written", () => {
  const id = loaded().policy.id;
  assert.match(id, /^keymate@[0-9a-f]{12}$/);
  assert.equal(loaded(HEAD).policy.id, id);
  assert.equal(loaded(withSpec("  profile: production\n")).policy.id, id);
  assert.notEqual(loaded(withSpec("  unlayered: warn\n")).policy.id, id);
  const one = loaded(withSpec("  defaults: {labels: {a: x, b: y}}\n")).policy.id;
  assert.equal(loaded(withSpec("  defaults: {labels: {b: y, a: x}}\n")).policy.id, one);
});

test("a default of 0 is refused, as text and as a number", () => {
  const text = withSpec('  defaults: {resources: {requests: {cpu: "0", memory: 0}}}\n');
  assert.deepEqual(complaints(text), [
    "p.yaml:4:37: spec.defaults.resources.requests.cpu must be more than 0",
    "p.yaml:4:47: spec.defaults.resources.requests.memory must be more than 0, found 0",
  ]);
});

test("a component called none is refused: the label value none means something else", () => {
  assert.deepEqual(complaints(withSpec("  components: [{name: none, layer: data}]\n")), [
    "p.yaml:4:17: spec.components[0].name is taken: none says that it is no component",
  ]);
});

test("line ends of Windows, a byte order mark and document markers do not matter", () => {
  const text = `\uFEFF---\n${withSpec("  unlayered: warn\n")}...\n`.replaceAll("\n", "\r\n");
  assert.equal(loaded(text).policy.unlayered, "warn");
});

test("a break-glass group is one of one's own, never one of Kubernetes", () => {
  assert.equal(
    loaded(withSpec("  breakGlassGroup: keymate:break-glass\n")).policy.breakGlassGroup,
    "keymate:break-glass",
  );
  assert.equal(loaded(withSpec("  profile: production\n")).policy.breakGlassGroup, undefined);
  for (const group of ["system:masters", "system:authenticated", '"*"', '""', "[a, b]"]) {
    const result = loadPolicy({ text: withSpec(`  breakGlassGroup: ${group}\n`), rules });
    assert.equal(result.ok, false, group);
  }
});
