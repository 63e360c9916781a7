interface ErrorEntry {
  readonly exit: 2 | 3 | 130;
  readonly meaning: string;
  /** One imperative. */
  readonly remedy: string;
}

/** Every failure that is told to the user. Codes are a contract; docs/errors.md is made of this. */
export const ERRORS = {
  "audit-cluster": entry(3, "there is no cluster to audit", "name one by --kubeconfig"),
  "audit-from-beside-cluster": entry(
    2,
    "both a dump and a cluster are named",
    "leave out --from, or --kubeconfig and --context",
  ),
  "audit-from-beside-watch": entry(
    2,
    "a dump is named where a cluster is to be followed",
    "leave out --from or --watch",
  ),
  "audit-namespace": entry(2, "--namespace names what does not exist", "mend the name"),
  "audit-stopped": entry(
    130,
    "Ctrl-C ended the audit before it was done; SIGTERM does so with exit code 143",
    "run it again",
  ),
  "ca-invalid": entry(3, "the file of --ca-file is no CA certificate", "name a CA in PEM"),
  "ca-unreadable": entry(3, "the file of --ca-file cannot be read", "mend path or permissions"),
  "cannot-listen": entry(
    3,
    "an address or port cannot be used",
    "choose another by the flag named",
  ),
  "client-ca-unusable": entry(
    3,
    "the file of --client-ca is missing, or holds something else than CA certificates",
    "name a PEM file of the CAs that sign client certificates",
  ),
  "certs-foreign": entry(
    3,
    "the folder holds certificates that somebody else made",
    "choose another folder by --cert-dir",
  ),
  "certs-missing": entry(
    3,
    "the folder holds no certificates",
    "make them by certs generate, or name another folder by --cert-dir",
  ),
  "certs-name": entry(2, "a name cannot stand in a certificate", "give a DNS name or an address"),
  "certs-unreadable": entry(3, "the certificate folder cannot be read", "mend its permissions"),
  "certs-unwritable": entry(3, "the certificate folder cannot be written", "mend its permissions"),
  "certs-usage": entry(2, "certs lacks an action", "say certs generate or certs inspect"),
  "check-usage": entry(2, "check has nothing to check", "name files or folders, or - for a pipe"),
  "cluster-none-beside-kubeconfig": entry(
    2,
    "a cluster is named, but --cluster none asks for none",
    "leave one of them out",
  ),
  "completion-shell": entry(2, "completion lacks a shell", "say bash, zsh or fish"),
  "config-unreadable": entry(3, "the file of --config cannot be read", "mend path or permissions"),
  "dump-empty": entry(3, "the dump of --from holds no objects", "dump with kubectl get -o yaml"),
  "dump-unreadable": entry(3, "the dump of --from cannot be used", "mend what each line names"),
  "events-without-cluster": entry(
    2,
    "Events are asked for, but there is no cluster",
    "leave --events out, or name a cluster",
  ),
  "fix-unwritable": entry(
    3,
    "a file that --fix would change cannot be written",
    "mend its permissions and run it again",
  ),
  "flag-before-command": entry(2, "a flag stands in front of the command", "put it behind"),
  "manifests-url": entry(2, "the URL of --url cannot be called", "give https, host, port and path"),
  "missing-argument": entry(2, "policy validate lacks a file", "name one or more files"),
  "output-unwritable": entry(3, "the file of --output cannot be written", "choose another path"),
  "policy-invalid": entry(2, "the policy has mistakes", "mend the places that the lines name"),
  "policy-unreadable": entry(3, "the file of --policy cannot be read", "mend path or permissions"),
  "practice-beside-id": entry(2, "--practice stands beside the id of a rule", "leave one out"),
  "settings-invalid": entry(
    2,
    "flags, variables or settings of the --config file are wrong",
    "mend each where its line says it comes from",
  ),
  "state-beside-cluster": entry(
    2,
    "--state stands for a cluster, but there is a real one",
    "leave --state out, or add --cluster none",
  ),
  "state-unreadable": entry(3, "the objects of --state cannot be used", "mend what is named"),
  "surplus-argument": entry(2, "a policy action has an argument too many", "leave it out"),
  "unknown-action": entry(2, "policy lacks an action", "say policy show, validate or schema"),
  "unknown-command": entry(2, "there is no such command", "take one that --help lists"),
  "unknown-rule": entry(2, "there is no such rule", "take one that keymate-guard rules lists"),
  "webhooks-without-cluster": entry(
    2,
    "--manage-webhooks is asked for, but there is no cluster",
    "leave it out, or name a cluster",
  ),
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Codes of one exit code. */
export type CodeOf<Exit extends 2 | 3> = {
  [Code in ErrorCode]: (typeof ERRORS)[Code]["exit"] extends Exit ? Code : never;
}[ErrorCode];

function entry<Exit extends ErrorEntry["exit"]>(exit: Exit, meaning: string, remedy: string) {
  return { exit, meaning, remedy };
}
