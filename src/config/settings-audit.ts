import { choice, duration, flag, list, path, port, text } from "./setting-spec.ts";
import { AUDIT_FORMATS } from "./settings-check.ts";
import { FAIL_ON, modeCap, policyFile } from "./settings-policy-options.ts";

export const AUDIT_SETTINGS = {
  kubeconfig: path("Kubeconfig file of the cluster to judge", {
    defaultText: "KUBECONFIG, else ~/.kube/config; in a cluster its own credentials",
  }),
  context: text("Context of the kubeconfig", {
    placeholder: "NAME",
    defaultText: "its current one",
  }),
  from: path("Judge a dump instead: a file or folder of what kubectl get prints", {
    placeholder: "PATH",
  }),
  namespace: list("Judge only what lives here; may be repeated", "NAME"),
  readSecretMetadata: flag(
    "List Secrets for their age too, without values; but an account that may list them may read these",
  ),
  watch: flag("Go on auditing: follow the cluster, and show what is found as metrics"),
  interval: duration("With --watch: how often everything is judged anew, from memory", {
    default: 60_000,
    least: 1_000,
  }),
  opsPort: port("With --watch: port for probes and metrics, plain HTTP", 8081),
  leaderElect: flag(
    "With --watch: let one of several audits do the work; the default inside a cluster",
    true,
  ),
  reportToCluster: choice(
    "With --watch: write what is found into the cluster, a report for each namespace",
    ["none", "policyreport", "openreports"],
    { default: "none" },
  ),
  policy: policyFile,
  mode: modeCap,
  format: choice("Form of the report", AUDIT_FORMATS, { default: "text" }),
  output: path("Write the report to a file", { defaultText: "standard output" }),
  failOn: choice("Weakest mode whose findings make the exit code 1", FAIL_ON, {
    default: "enforce",
  }),
} as const;
