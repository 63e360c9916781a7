import type { COMMAND_SETTINGS } from "../config/settings-all.ts";
import type { Manual } from "./manual.ts";

const NO_FINDINGS = { 1: "not used" };

export const MANUALS: Readonly<Record<keyof typeof COMMAND_SETTINGS, Manual>> = {
  serve: {
    description: [
      "Listens for admission reviews over HTTPS, and for probes and metrics over plain HTTP. Without a cluster it is a guard to try things with: it makes certificates of its own and answers reviews by the policy alone. In a cluster it also keeps its certificates in a Secret, looks other objects up, and writes its webhook configurations.",
      "A changed policy file is loaded without a restart; a faulty one is refused and the last good one stays. SIGTERM and Ctrl-C drain, then end it; a second signal ends it at once.",
    ],
    exits: { 1: "ended by a second stop signal" },
    examples: [
      {
        does: "Answer reviews on this machine, with nothing but the embedded policy",
        line: "keymate-guard serve --cluster none",
        needs: "a stop signal",
      },
      {
        does: "Refuse nothing yet: every rule warns at most",
        line: "keymate-guard serve --cluster none --mode warn --policy policy.yaml",
        needs: "a stop signal",
      },
      {
        does: "Run outside of a cluster, and look into it",
        line: "keymate-guard serve --context production",
        needs: "a cluster",
      },
    ],
    seeAlso: ["keymate-guard manifests", "keymate-guard certs", "docs/operations.md"],
  },
  check: {
    description: [
      "Judges the objects of files, folders and standard input (-) as if they were created now: multi-document YAML, JSON, lists, what Helm and kustomize print. The input is taken for all there is, but for what --state adds.",
      "--fix writes what admission would fill in, and leaves every other line as it is; with - the fixed stream goes to standard output and the report to standard error.",
    ],
    exits: { 130: "stopped by Ctrl-C; no file is left half written" },
    examples: [
      { does: "Judge a folder", line: "keymate-guard check deploy/" },
      {
        does: "Judge what Helm renders",
        line: "helm template platform ./chart | keymate-guard check -",
      },
      {
        does: "See what --fix would write, then write it",
        line: "keymate-guard check --diff deploy/\nkeymate-guard check --fix deploy/",
      },
      {
        does: "Fail a pipeline on warnings too, and keep the report",
        line: "keymate-guard check --fail-on warn --format sarif --output report.sarif deploy/",
      },
    ],
    seeAlso: ["keymate-guard rules", "keymate-guard audit", "docs/check.md"],
  },
  audit: {
    description: [
      "Reads a cluster once, judges what it finds, and answers line by line whether the guide's validation scenario holds. What could not be read or verified is never shown as passed. It only lists objects, never writes, and sees of Secrets the metadata only.",
      "With --watch it goes on until SIGTERM or Ctrl-C, lets go of its lease then and ends with exit code 0; a second signal ends it at once.",
    ],
    exits: { 130: "stopped by Ctrl-C before it was done; 143: by SIGTERM" },
    examples: [
      {
        does: "Audit the cluster of the current context",
        line: "keymate-guard audit",
        needs: "a cluster",
      },
      {
        does: "Audit a dump, without a cluster",
        line: "keymate-guard audit --from dump.yaml --fail-on never",
      },
    ],
    seeAlso: ["keymate-guard check", "docs/audit.md"],
  },
  rules: {
    description: [
      "Without an ID, lists the rules by practice of the deployment guide. With one, explains it: what it judges, where it speaks, what it needs to know of the cluster, its parameters, examples with the exact message, and how to set it in a policy.",
    ],
    exits: NO_FINDINGS,
    examples: [
      { does: "List the rules about backups", line: "keymate-guard rules --practice backup" },
      { does: "Explain one", line: "keymate-guard rules ha-min-replicas | more" },
    ],
    seeAlso: ["keymate-guard policy", "docs/rules/index.md"],
  },
  policy: {
    description: [
      "show prints the policy in force: the embedded one, with the file of --policy laid over it. validate names every mistake of policy files with its line. schema prints the JSON Schema, from which editors complete.",
    ],
    exits: { 1: "not used", 2: "wrong usage or settings; of validate also: a file has mistakes" },
    examples: [
      { does: "Start a policy of your own", line: "keymate-guard policy show > mine.yaml" },
      { does: "Check it before it is applied", line: "keymate-guard policy validate policy.yaml" },
    ],
    seeAlso: ["keymate-guard rules", "docs/policy.md"],
  },
  certs: {
    description: [
      "generate makes a certificate authority and a serving certificate for the given names, by default those of this machine; what is there and valid stays. inspect shows what is there, for whom and how long it is good, and whether it covers the given names.",
    ],
    exits: { 1: "inspect found a problem" },
    examples: [
      {
        does: "Make certificates for a guard that others reach by name",
        line: "keymate-guard certs generate --cert-dir certs guard.example",
      },
      {
        does: "See whether they cover the name",
        line: "keymate-guard certs inspect --cert-dir certs guard.example",
      },
    ],
    seeAlso: ["keymate-guard serve", "certs/README.md"],
  },
  manifests: {
    description: [
      "Prints the webhook configurations and the ClusterRole that a guard would write or need by itself, for review, or for those who want them static.",
    ],
    exits: NO_FINDINGS,
    examples: [
      {
        does: "Register a guard that runs outside of the cluster",
        line: "keymate-guard manifests --url https://guard.example:8443 --ca-file certs/ca.crt | kubectl apply -f -",
      },
    ],
    seeAlso: ["keymate-guard serve", "docs/operations.md"],
  },
  demo: {
    description: [
      "Starts a guard on a free port with certificates of its own, sends it three reviews as an API server would, shows what each gets, and ends. Nothing stays behind.",
    ],
    exits: NO_FINDINGS,
    examples: [{ does: "Watch it", line: "keymate-guard demo" }],
    seeAlso: ["keymate-guard serve"],
  },
  completion: {
    description: [
      "Prints a script for bash, zsh or fish that completes commands, flags, their values and ids of rules. It calls nothing when it completes: print it anew after an update.",
    ],
    exits: NO_FINDINGS,
    examples: [
      { does: "In ~/.bashrc", line: 'eval "$(keymate-guard completion bash)"' },
      {
        does: "For zsh, in a folder of $fpath",
        line: 'keymate-guard completion zsh > "$HOME/_keymate-guard"',
      },
      {
        does: "For fish",
        line: 'mkdir -p "$HOME/.config/fish/completions"\nkeymate-guard completion fish > "$HOME/.config/fish/completions/keymate-guard.fish"',
      },
    ],
    seeAlso: ["keymate-guard help"],
  },
};
