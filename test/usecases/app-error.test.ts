import assert from "node:assert/strict";
import test from "node:test";
import { AppError, environmentError, usageError } from "../../src/usecases/app-error.ts";

test("a usage error ends with exit code 2 and carries every mistake", () => {
  const error = usageError("policy-invalid", "the policy has 2 mistakes", ["one", "two"]);
  assert.ok(error instanceof AppError);
  assert.deepEqual(
    [error.code, error.exitCode, error.problems],
    ["policy-invalid", 2, ["one", "two"]],
  );
  assert.equal(error.message, "the policy has 2 mistakes");
});

test("an environment error ends with exit code 3 and keeps its cause", () => {
  const cause = new Error("ENOENT");
  const error = environmentError("policy-unreadable", "policy.yaml cannot be read", cause);
  assert.deepEqual([error.exitCode, error.cause, error.problems], [3, cause, []]);
  assert.equal("cause" in environmentError("dump-empty", "y"), false);
});
