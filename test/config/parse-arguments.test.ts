import assert from "node:assert/strict";
import test from "node:test";
import { parseArguments } from "../../src/config/parse-arguments.ts";
import { flag, list, port, text } from "../../src/config/setting-spec.ts";
import { GLOBAL_SETTINGS } from "../../src/config/settings-global.ts";

const table = {
  ...GLOBAL_SETTINGS,
  opsPort: port("Ops port", 8081),
  host: text("Host", {}),
  manageWebhooks: flag("Manage", true),
  fix: flag("Fix"),
  namespace: list("Namespaces", "NAME"),
};

function parse(argv: readonly string[], maxPositionals?: number) {
  const options = maxPositionals === undefined ? {} : { maxPositionals };
  const { flags, positionals, problems } = parseArguments(argv, table, options);
  return { flags: Object.fromEntries(flags), positionals, problems };
}

test("a flag takes its value behind a blank or an equals sign", () => {
  assert.deepEqual(parse(["--ops-port", "1", "--host=a=b"]).flags, {
    opsPort: ["1"],
    host: ["a=b"],
  });
});

test("a switch is turned on by its name, off by --no- or false", () => {
  assert.deepEqual(parse(["--fix"]).flags, { fix: ["true"] });
  assert.deepEqual(parse(["--no-fix"]).flags, { fix: ["false"] });
  assert.deepEqual(parse(["--manage-webhooks", "false"]).flags, { manageWebhooks: ["false"] });
  assert.deepEqual(parse(["--manage-webhooks=false"]).flags, { manageWebhooks: ["false"] });
});

test("a switch leaves an argument behind it alone unless it is true or false", () => {
  assert.deepEqual(parse(["--fix", "a.yaml", "--fix", "true", "--fix", "--", "false"]), {
    flags: { fix: ["true", "true", "true"] },
    positionals: ["a.yaml", "false"],
    problems: [],
  });
});

test("a flag given twice keeps both values in their order", () => {
  assert.deepEqual(parse(["--namespace", "a", "--namespace", "b"]).flags, {
    namespace: ["a", "b"],
  });
});

test("-h, -v, a lone dash and what follows -- are understood", () => {
  assert.deepEqual(parse(["-h", "-v", "-", "--", "--fix"]), {
    flags: { help: ["true"], version: ["true"] },
    positionals: ["-", "--fix"],
    problems: [],
  });
});

test("unknown flags are reported together, each with what was probably meant", () => {
  assert.deepEqual(
    parse(["--hots", "x", "--opsPort=1", "-x", "--no-host", "--__proto__"], 0).problems,
    [
      "--hots is not a flag of this command, did you mean --host?",
      "--opsPort is not a flag of this command, did you mean --ops-port?",
      "-x is not a flag of this command",
      "--no-host is not a flag of this command, did you mean --host?",
      "--__proto__ is not a flag of this command",
    ],
  );
});

test("a flag without its value is reported, and a flag is not taken for one", () => {
  assert.deepEqual(parse(["--host", "--fix"]).problems, [
    "--host needs a value, found the flag --fix",
  ]);
  assert.deepEqual(parse(["--host"]).problems, ["--host needs a value"]);
  assert.deepEqual(parse(["--host=--fix"]).flags, { host: ["--fix"] });
});

test("arguments beyond what the command takes are reported", () => {
  assert.deepEqual(parse(["a", "b"], 1).problems, ['unexpected argument "b"']);
  assert.deepEqual(parse(["a", "b"]).problems, []);
});
