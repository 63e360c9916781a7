import assert from "node:assert/strict";
import test from "node:test";
import { parseArguments } from "../../src/config/parse-arguments.ts";
import { list } from "../../src/config/setting-spec.ts";
import { configFileOf, resolveSettings } from "../../src/config/settings.ts";
import { COMMAND_SETTINGS } from "../../src/config/settings-all.ts";
import { GLOBAL_SETTINGS } from "../../src/config/settings-global.ts";
import { SERVE_SETTINGS } from "../../src/config/settings-serve.ts";

const table = { ...GLOBAL_SETTINGS, ...SERVE_SETTINGS, names: list("Names", "NAME") };

function resolve(argv: readonly string[], environment: Record<string, string> = {}, text?: string) {
  const { flags } = parseArguments(argv, table);
  const file = text === undefined ? undefined : { path: "guard.yaml", text };
  return resolveSettings(table, { flags, environment, file });
}

function values(...sources: Parameters<typeof resolve>) {
  const result = resolve(...sources);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function problems(...sources: Parameters<typeof resolve>): readonly string[] {
  const result = resolve(...sources);
  return result.ok ? [] : result.problems;
}

test("settings without any source are the documented defaults", () => {
  const { values: found, origins } = values([]);
  const { port, opsPort, cluster, certSource, certDir, manageWebhooks } = found;
  assert.deepEqual([port, opsPort, cluster], [8443, 8081, "auto"]);
  assert.deepEqual([certSource, certDir, manageWebhooks], ["self-managed", "certs", true]);
  const days = (millis: number) => millis / 86_400_000;
  assert.deepEqual([days(found.leafLife), days(found.caLife), days(found.caDrop)], [90, 1825, 1]);
  assert.deepEqual([found.caOverlap, found.host, found.drain], [600_000, undefined, undefined]);
  assert.deepEqual(origins.port, { kind: "default" });
});

test("a file beats defaults, the environment beats the file, a flag beats both", () => {
  const file = "port: 1\nopsPort: 2\nhost: a\n";
  const environment = { KEYMATE_GUARD_PORT: "3", KEYMATE_GUARD_OPS_PORT: "4" };
  const { values: found, origins } = values(["--port", "5"], environment, file);
  assert.deepEqual([found.port, found.opsPort, found.host], [5, 4, "a"]);
  assert.deepEqual(origins.port, { kind: "flag", flag: "--port" });
  assert.deepEqual(origins.opsPort, { kind: "environment", variable: "KEYMATE_GUARD_OPS_PORT" });
  assert.deepEqual(origins.host, { kind: "file", file: "guard.yaml", line: 3 });
});

test("the last of two equal flags wins, and lists keep all of them", () => {
  const { values: found } = values(["--port", "1", "--port", "2", "--names", "a", "--names", "b"]);
  assert.equal(found.port, 2);
  assert.deepEqual(found.names, ["a", "b"]);
});

test("a list is separated by commas in the environment and a list in the file", () => {
  assert.deepEqual(values([], { KEYMATE_GUARD_NAMES: "a, b" }).values.names, ["a", "b"]);
  assert.deepEqual(values([], {}, "names: [a, b]").values.names, ["a", "b"]);
});

test("typed values of a file need no quotes", () => {
  const { values: found } = values(
    [],
    {},
    "port: 1\ndrain: 0\nmanageWebhooks: false\nleafLife: 90d\n",
  );
  assert.deepEqual([found.port, found.drain, found.manageWebhooks], [1, 0, false]);
});

test("wrong and unknown settings of every source are reported at once, each with its origin", () => {
  const file =
    "prot: 1\nopsPort: x\nops-port: 1\nmanageWebhooks: yes\nmode: [warn]\nconfig: x\nhelp: true\nport:\n";
  const environment = {
    KEYMATE_GUARD_PROT: "1",
    KEYMATE_GUARD_CLUSTER: "non",
    KEYMATE_GUARD_HELP: "true",
    OTHER_PORT: "x",
  };
  const argv = ["--leaf-life", "3y", "--port", "65536", "--mode", "off"];
  assert.deepEqual(problems(argv, environment, file), [
    "guard.yaml:1: prot is not a setting of a file, did you mean port?",
    "guard.yaml:3: ops-port is not a setting of a file, did you mean opsPort?",
    "guard.yaml:5: mode must be a single value, found a list",
    "guard.yaml:6: config is not a setting of a file",
    "guard.yaml:7: help is not a setting of a file",
    "guard.yaml:8: port must be a single value, found nothing",
    "environment variable KEYMATE_GUARD_HELP is not a setting",
    "environment variable KEYMATE_GUARD_PROT is not a setting, did you mean KEYMATE_GUARD_PORT?",
    '--port must be a port from 0 to 65535, found "65536"',
    'guard.yaml:2: opsPort must be a port from 0 to 65535, found "x"',
    '--mode must be one of enforce, warn, audit, found "off"',
    'environment variable KEYMATE_GUARD_CLUSTER must be one of auto, none, in-cluster, kubeconfig, found "non"',
    '--leaf-life must be a duration such as 90d, 24h, 10m, 30s or 500ms, found "3y"',
    'guard.yaml:4: manageWebhooks must be true or false, found "yes"',
  ]);
});

test("a certificate that lives for less than half a minute is refused", () => {
  assert.deepEqual(problems(["--leaf-life", "0", "--ca-life", "29s", "--ca-overlap", "0"]), [
    '--leaf-life must be at least 30s, found "0"',
    '--ca-life must be at least 30s, found "29s"',
  ]);
});

test("a wrong value is reported even where a stronger source overrides it", () => {
  assert.deepEqual(problems(["--port", "1"], { KEYMATE_GUARD_PORT: "x" }), [
    'environment variable KEYMATE_GUARD_PORT must be a port from 0 to 65535, found "x"',
  ]);
});

test("settings of another command are no mistake in file or environment", () => {
  const result = resolveSettings(COMMAND_SETTINGS.rules, {
    flags: new Map(),
    environment: { KEYMATE_GUARD_PORT: "8443", KEYMATE_GUARD_LOG_LEVEL: "debug" },
    file: { path: "guard.yaml", text: "opsPort: 8081\n" },
  });
  assert.equal(result.ok, true);
});

test("service links that kubelet injects for a Service called keymate-guard are ignored with a note", () => {
  const links = {
    KEYMATE_GUARD_PORT: "tcp://10.96.0.7:443",
    KEYMATE_GUARD_PORT_443_TCP: "tcp://10.96.0.7:443",
    KEYMATE_GUARD_PORT_443_TCP_ADDR: "10.96.0.7",
    KEYMATE_GUARD_PORT_443_TCP_PORT: "443",
    KEYMATE_GUARD_PORT_443_TCP_PROTO: "tcp",
    KEYMATE_GUARD_SERVICE_HOST: "10.96.0.7",
    KEYMATE_GUARD_SERVICE_PORT: "443",
    KEYMATE_GUARD_SERVICE_PORT_HTTPS: "443",
    KEYMATE_GUARD_OPS_PORT: "udp://10.96.0.8:8081",
  };
  const { values: found, notes } = values([], links);
  assert.deepEqual([found.port, found.opsPort], [8443, 8081]);
  assert.equal(notes.length, Object.keys(links).length);
  assert.equal(
    notes[0],
    "ignored KEYMATE_GUARD_OPS_PORT: a service link of Kubernetes, not a setting",
  );
});

test("an empty variable and an empty file set nothing", () => {
  assert.equal(values([], { KEYMATE_GUARD_PORT: "" }, "").values.port, 8443);
  assert.equal(values([], {}, "# later\n").values.port, 8443);
});

test("a broken settings file is reported with its line", () => {
  assert.deepEqual(problems([], {}, "port: 1\nport: 2\n"), [
    "guard.yaml:2: port is written twice, first on line 1",
  ]);
  assert.deepEqual(problems([], {}, "- port\n"), [
    "guard.yaml:1: the file must be a map of settings, found a list",
  ]);
  assert.deepEqual(problems([], {}, "\n  port: [1\n"), [
    "guard.yaml:3: the file is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ]);
});

test("the settings file is found by flag first, then by the environment", () => {
  const flags = new Map([["config", ["a.yaml"]]]);
  const environment = { KEYMATE_GUARD_CONFIG: "b.yaml" };
  assert.equal(configFileOf({ flags, environment })?.path, "a.yaml");
  assert.equal(configFileOf({ flags: new Map(), environment })?.path, "b.yaml");
  assert.equal(configFileOf({ flags: new Map(), environment: {} }), undefined);
});
