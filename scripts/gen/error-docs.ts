import type { KubeErrorCode } from "../../src/adapters/kube/kube-error.ts";
import { table } from "../../src/cli/rules/markdown.ts";
import { ERRORS } from "../../src/usecases/error-codes.ts";
import { GENERATED, type Generator } from "./artifact.ts";

/** Of those that reach the user; the others are tried again by the guard itself. */
const KUBE: Readonly<Record<KubeErrorCode, readonly [meaning: string, remedy: string]>> = {
  unreachable: ["the API server does not answer", "check that it runs, and the kubeconfig"],
  "untrusted-server": [
    "the certificate of the API server is not trusted",
    "check certificate-authority in the kubeconfig",
  ],
  unauthorized: ["the credentials are not accepted", "renew the token or client certificate"],
  forbidden: ["a permission is missing", "grant the one that the message names by RBAC"],
  "not-found": ["the API server does not know the resource", "install what brings it"],
  "other-version": ["the resource is not served in that version", "nothing: another one is read"],
  moved: ["the resource is served in another version", "nothing: that one is read"],
  conflict: ["somebody else wrote at the same time", "nothing: it is tried again"],
  expired: ["a list or watch is too old", "nothing: it is listed again"],
  throttled: ["the API server asks to wait", "nothing: it is tried again later"],
  invalid: ["the API server refuses the request", "read its reason in the message"],
  "server-error": ["the API server failed", "look into its log"],
  garbled: ["the answer is not what Kubernetes promises", "check proxies in between"],
  stalled: ["a watch went silent", "nothing: it is opened again"],
  kubeconfig: ["the kubeconfig cannot be used", "mend what the message names"],
};

/** docs/errors.md: every code, what it means and what to do. */
export const errorDocs: Generator = {
  name: "error docs",
  files: async () => new Map([["docs/errors.md", page()]]),
};

function page(): string {
  const own = Object.entries(ERRORS).map(([code, { exit, meaning, remedy }]) => [
    `\`${code}\``,
    String(exit),
    meaning,
    remedy,
  ]);
  const kube = Object.entries(KUBE).map(([code, [meaning, remedy]]) => [
    `\`${code}\``,
    meaning,
    remedy,
  ]);
  return `${[
    `<!-- ${GENERATED}. -->`,
    "# Errors",
    "An error is one sentence on standard error that says what is wrong and what to do; several mistakes follow one a line. With `--log-level debug` it also shows its code and where it arose. Exit codes: 2 for the command line, settings and policy, 3 for the surroundings, 130 and 143 for a signal that came before the answer. Findings are no errors: they are exit code 1.",
    table(["Code", "Exit", "Meaning", "What to do"], own),
    "## From a cluster",
    "Exit code 3 where they end a command; a running guard logs them and goes on.",
    table(["Code", "Meaning", "What to do"], kube),
    "## A fault of the program itself",
    "Exit code 3 and a sentence that says so: a bug. Run it again with `--log-level debug` and report what it shows.",
  ].join("\n\n")}\n`;
}
