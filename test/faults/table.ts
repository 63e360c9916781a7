/** A test that shows a promise kept. */
export interface NamedTest {
  /** Relative to the repository. */
  readonly file: string;
  /** As it stands in the file, with `…` in the place of what a template is filled with. */
  readonly title: string;
}

/** One fault or input, and what becomes of it. */
export interface Guarantee {
  /** Of the reliability design; a word for what was added to it. */
  readonly row: string;
  readonly fault: string;
  readonly criterion: string;
  /** In words for those who run the guard. */
  readonly promise: string;
  readonly tests: readonly NamedTest[];
  /** What no test shows yet. */
  readonly missing?: string;
  /** Takes long: only measured when asked for by its row. */
  readonly long?: true;
}

const FAULTS = "test/faults";
const HTTP = "test/adapters/http";
const AVAILABILITY = "test/e2e/availability";

function tests(file: string, ...titles: readonly string[]): NamedTest[] {
  return titles.map((title) => ({ file, title }));
}

export const GUARANTEES: readonly Guarantee[] = [
  {
    row: "1",
    fault: "rolling update x5 at 100 req/s, Fail",
    criterion: "0 failed, 0 unmutated",
    promise: "An upgrade or restart of the guard fails no request and lets none in unseen.",
    tests: tests(
      `${FAULTS}/rolling-update.faults.test.ts`,
      "row 1: five rolling updates under load with failurePolicy Fail: 0 failed, 0 unmutated",
    ),
  },
  {
    row: "2",
    fault: "SIGKILL one of 3 replicas x20",
    criterion: "only in-flight on it fail; recovery <= 3 s",
    promise:
      "A replica that dies takes along only the calls that were on it; nothing goes in unmutated.",
    tests: tests(
      `${FAULTS}/kill.faults.test.ts`,
      "row 2: SIGKILL of one of three replicas, twenty times under load, fails only calls on it and for 3 s at most",
    ),
  },
  {
    row: "3",
    fault: "leaf rotation at 1 h life compressed to 1 min, 30 rotations",
    criterion: "0 failed",
    promise: "A renewed certificate goes into service without a failed request.",
    tests: tests(
      "test/e2e/certificates/rotation.e2e.test.ts",
      "no create fails or goes unmutated through … renewals of the leaf",
    ),
  },
  {
    row: "4",
    fault: "CA rotation with 2 API servers, one with 60 s delayed watch",
    criterion: "0 x509 errors on either",
    promise: "A new CA signs only after every API server had time to hear of it.",
    tests: tests(
      "test/e2e/certificates/late-watch.e2e.test.ts",
      "no create fails on either API server while the Secret is away and a new CA comes, one watch being late",
    ),
  },
  {
    row: "5",
    fault: "5 replicas start at once on empty Secret",
    criterion: "one CA, all same fingerprint <= 5 s, <= 10 writes",
    promise: "However many replicas start at once, they agree on one CA.",
    tests: [
      ...tests(
        "test/e2e/certificates/replicas.e2e.test.ts",
        "five guards that start at once on an empty Secret end with one CA, by few writes",
      ),
      ...tests(
        `${AVAILABILITY}/start-up.e2e.test.ts`,
        "… guards that start at the same moment agree on one CA",
      ),
      ...tests(
        "test/adapters/certs/secret-source.model.test.ts",
        "that start at once on an empty Secret end with one CA and at most 10 writes, in any order",
      ),
    ],
  },
  {
    row: "6",
    fault: "delete Secret under load",
    criterion: "0 failed; new CA in service later",
    promise: "A deleted Secret is a way to ask for a new CA, and costs no request.",
    tests: tests(
      `${AVAILABILITY}/secret-repair.e2e.test.ts`,
      "without their Secret the guards keep serving, healthy, and say that it is gone",
      "an empty Secret in its place gets a new CA, and trust never has a gap",
      "nothing failed in all that time, and the API server counted no x509 error",
    ),
  },
  {
    row: "7",
    fault: "corrupt each Secret key (empty, truncated, swapped key, foreign cert, expired)",
    criterion: "keeps last good, repairs; foreign Secret untouched",
    promise: "A damaged Secret is repaired from what is in service; somebody else's is left alone.",
    tests: tests(
      `${AVAILABILITY}/secret-repair.e2e.test.ts`,
      "… broken in any way: the last good pair stays in service, the Secret is repaired",
      "a pair of somebody else's CA never goes into service and is replaced",
      "a Secret with data but without our mark is left alone, the guards keep serving",
    ),
  },
  {
    row: "8",
    fault: "caBundle blanked/replaced by Helm or kubectl",
    criterion: "restored <= 5 s by any replica; no deadlock with all pods restarting",
    promise: "What somebody else changes in the webhook entries is put right within seconds.",
    tests: [
      ...tests(
        "test/e2e/certificates/bundle.e2e.test.ts",
        "each replica by itself restores every caBundle, blanked or of somebody else, within 5 s",
        "guards that all start again under Fail and a foreign caBundle get ready and restore it",
        "helm upgrade, be it by replacement, takes nothing away that is not back within 5 s",
      ),
      ...tests(
        `${AVAILABILITY}/webhook-repair.e2e.test.ts`,
        "a caBundle that somebody blanks is back within 5 s",
        "an entry that somebody deletes is back within 5 s",
        "entries that kubectl replace takes away are back within 5 s",
        "kubectl apply of the manifests, client-side and server-side, takes nothing away",
      ),
      ...tests(
        "test/e2e/fail-safe/raising.e2e.test.ts",
        "Fail that somebody lowers is raised again",
      ),
    ],
  },
  {
    row: "9",
    fault: "RBAC for Secret / configs revoked 10 min",
    criterion: "keeps serving, condition + metric, recovers",
    promise:
      "Without its permissions the guard serves on with what it has, and says what it lacks.",
    tests: tests(
      "test/e2e/certificates/replicas.e2e.test.ts",
      "guards that may not touch the Secret any more serve on, say so, and recover",
    ),
    missing: "ten minutes of it",
  },
  {
    row: "10",
    fault: "clock of one replica +-2 h, and jump across renewal; process suspended past renewal",
    criterion: "no wrong write; renewed <= 90 s after resume",
    promise: "A replica with a wrong clock writes no certificate.",
    tests: tests(
      "test/e2e/certificates/replicas.e2e.test.ts",
      "a guard whose clock is two hours off, either way, serves what the others serve and writes nothing",
      "a guard that was suspended past a renewal serves the new leaf right after it goes on, and costs only calls on connections to it",
    ),
  },
  {
    row: "11",
    fault: "API server down 10 min, then back",
    criterion: "admissions unaffected in memory; caches resync, no herd (jitter seen)",
    promise:
      "While there is no API server the guard answers from memory; afterwards its replicas return spread out.",
    tests: [
      ...tests(
        `${FAULTS}/api-server-down.faults.test.ts`,
        "row 11: without an API server admissions are answered from memory, and it is returned to without a herd",
      ),
      ...tests(
        `${AVAILABILITY}/api-server-away.e2e.test.ts`,
        "while the API server is frozen the guard answers from memory, ready, and goes on after it",
      ),
    ],
    missing: "ten minutes in one piece: a minute unless `--away 600` is given",
  },
  {
    row: "12",
    fault: "watch: silent stall, 410, mid-line cut, garbage line, 429 storm, token expiry",
    criterion: "cache equals truth <= 2 min, no crash, <= 1 relist/30 s",
    promise: "Whatever becomes of its watches, the guard's view of the cluster comes true again.",
    tests: tests(
      "test/e2e/cluster-view/faults.e2e.test.ts",
      "a watch that goes silent is given up and what it missed is caught up on",
      "a watch that … for long costs a relist every 30 s at most",
      "an event that is cut in the middle of its line comes with the next watch",
      "garbage in watches, time and again, loses no event",
      "a storm of 429 is waited out as Retry-After says",
      "a revoked token makes the cache unreadable until the file holds a new one",
    ),
  },
  {
    row: "13",
    fault: "full cluster cold start (all nodes new, Fail configs persisted)",
    criterion: "nodes register, kube-system starts, our pods start, no manual step",
    promise: "A cluster that was switched off altogether comes up without anybody's help.",
    tests: tests(
      "test/e2e/fail-safe/cold-start.e2e.test.ts",
      "with Fail in etcd and no guard, a control plane starts and new nodes register",
      "without a guard kube-system comes up: leases, Deployments, DaemonSets, Pods that run",
      "without a guard its Pods are bound, and it then decides again with no manual step",
      "in the opposite order, guard, API server, etcd, everything comes back too",
    ),
  },
  {
    row: "14",
    fault: "AdmissionReview 27 MiB of `<`",
    criterion: "explicit decision inside timeout; p99 of others < 100 ms; RSS < limit",
    promise: "The largest review that an API server can send is decided.",
    tests: tests(
      `${FAULTS}/large-bodies.faults.test.ts`,
      "a review of 27 MiB is decided in time while everybody else is answered",
    ),
  },
  {
    row: "15",
    fault:
      "33 MiB body, endless body, wrong length, 1 byte/s body or headers, TLS hello never finished, 5,000 idle sockets",
    criterion: "bounded memory, sockets cut <= 15 s, normal traffic unharmed",
    promise: "Slow and oversized callers are cut off.",
    tests: [
      ...tests(
        `${FAULTS}/slow-callers.faults.test.ts`,
        "callers … are cut within 15 s and harm nobody",
        "… idle connections leave room for the reviews of others, on new connections too",
      ),
      ...tests(
        `${FAULTS}/large-bodies.faults.test.ts`,
        "bodies over 32 MiB get 413, and the memory of none is kept",
        "a body of … neither ends the process nor outgrows its memory",
      ),
    ],
  },
  {
    row: "16",
    fault: "nesting 9,990 / 100,000",
    criterion: "decision, no RangeError, no crash",
    promise: "Depth that the API server admits is judged, more is refused.",
    tests: tests(
      `${FAULTS}/odd-input.faults.test.ts`,
      "nesting of 9,990 levels is decided on, of 100,000 refused",
    ),
  },
  {
    row: "17",
    fault:
      'keys `__proto__`, `constructor`, `prototype`, "", 253-char, with `/` `~` quotes, emoji, lone surrogate',
    criterion: "correct decision and patch, Object.prototype untouched",
    promise: "No key of an object can hide anything from a rule or spoil a patch.",
    tests: tests(
      `${FAULTS}/odd-input.faults.test.ts`,
      "hostile keys everywhere bring about the findings and the patch of harmless ones",
    ),
  },
  {
    row: "18",
    fault: "int64 max, 2^53+1, 1e400, -0, 1.0 in a CR, with a mutation elsewhere",
    criterion: "stored object byte-equal outside the patch",
    promise: "The guard changes nothing but what it adds.",
    tests: tests(
      `${FAULTS}/odd-input.faults.test.ts`,
      "numbers that JavaScript rounds stay byte-equal beside a patch",
    ),
  },
  {
    row: "19",
    fault:
      "CREATE/UPDATE/DELETE/CONNECT, subresources, generateName, dry-run, every kind with null metadata parts",
    criterion: "valid review each time; no patch on DELETE; no side effect on dry-run",
    promise: "Every kind of request gets a valid answer.",
    tests: tests(
      `${FAULTS}/odd-input.faults.test.ts`,
      "every kind, operation and subresource with missing parts gets a valid review",
    ),
  },
  {
    row: "20",
    fault: "every generated patch for 10k fuzzed objects x all mutations",
    criterion: "applies in the evanphx library and on the real API server; second run is empty",
    promise: "Every patch applies, and applies once.",
    tests: tests(
      "test/e2e/patches.e2e.test.ts",
      "every patch applies in the API server's own library",
      "a second mutation of what the API server's library made is empty",
    ),
  },
  {
    row: "21",
    fault: "mutation loop: another webhook reverts our change; reinvocation",
    criterion: "terminates, idempotent",
    promise:
      "Another webhook that takes the additions away is answered once; what lacks them is refused.",
    tests: tests(
      `${FAULTS}/mutation-loop.faults.test.ts`,
      "row 21: a webhook that reverts the additions once is answered by the same additions, and it ends",
      "row 21: a webhook that reverts the additions each time ends in a refusal, never in an object without them",
      "row 21: a container that another webhook adds after the guard gets its additions too",
      "row 21: what was stored once is stored unchanged the second time",
      "row 21: in all of it no answer of the guard was faulty, as both sides count",
    ),
  },
  {
    row: "22",
    fault: "a rule throws; a rule is slow beyond the deadline",
    criterion:
      "denies on `/validate/fail` if that rule enforces, else warns; the others' findings stand, answered in time",
    promise: "A fault of the guard is answered as the entry that called would have it.",
    tests: tests(
      `${FAULTS}/guard-at-fault.faults.test.ts`,
      "a rule that throws denies on /validate/fail and warns on /validate; the others' findings stand",
    ),
  },
  {
    row: "23",
    fault: "heap at 90 %, event loop blocked 5 s, CPU throttled to 10 %",
    criterion: "sheds or decides before deadline; no restart loop",
    promise: "A guard that is short of means answers or says that it cannot, in time.",
    tests: tests(
      `${FAULTS}/guard-at-fault.faults.test.ts`,
      "with the heap at 90 % reviews are decided, and the process lives on",
      "with the event loop blocked for 5 s nobody's connection is lost, and nothing restarts",
      "with a tenth of a processor reviews are decided before their deadline",
    ),
  },
  {
    row: "24",
    fault: "unhandled rejection / uncaught exception injected",
    criterion: "drain then exit; 0 failed beyond the causing request",
    promise: "A guard that meets what nobody expected drains before it ends.",
    tests: tests(
      `${FAULTS}/guard-at-fault.faults.test.ts`,
      "… drains, fails no review of others, and ends with exit code 3",
    ),
  },
  {
    row: "25",
    fault:
      "malformed reviews: no request, wrong apiVersion, v1beta1, array, 2 reviews, no uid, bad UTF-8, gzip, text/plain",
    criterion: "400, 413 or 415; never 500, never crash; fuzz 10^6 inputs",
    promise: "What is no review is refused with a reason, and harms nothing.",
    tests: [
      ...tests(
        `${FAULTS}/odd-input.faults.test.ts`,
        "what is no review gets its 4xx on every path, never a 5xx",
      ),
      ...tests(
        `${FAULTS}/fuzz.faults.test.ts`,
        "row 25: a million inputs on the endpoint end in no crash, no 5xx, no invalid answer and no growth",
      ),
    ],
  },
  {
    row: "26",
    fault: "warnings/messages: 100 KiB, newlines, control characters, secrets in object",
    criterion: "cut, single-line, no secret values in logs/messages/patches",
    promise: "What people are told arrives, and holds no secret.",
    tests: tests(
      `${FAULTS}/odd-input.faults.test.ts`,
      "texts of 100 KiB, line ends and secrets leave single bounded lines and no secret anywhere",
    ),
  },
  {
    row: "27",
    fault: "timeouts param 1 s, 30 s, missing, garbage, duplicate",
    criterion: "answers 20 % before; default otherwise",
    promise: "The guard answers before the API server stops waiting.",
    tests: [
      ...tests(
        `${HTTP}/deadline.test.ts`,
        "is a fifth less than the smaller of parameter and configuration",
      ),
      ...tests(
        `${FAULTS}/guard-at-fault.faults.test.ts`,
        'rules slower than the time of "…" are left … ms after its start',
      ),
    ],
  },
  {
    row: "28",
    fault: "soak (1 h, 24 h before a release) at 100 req/s with rotation, relists, pod churn",
    criterion: "RSS slope < 1 MiB/h, fd stable, 0 failed",
    promise: "A guard that runs for long grows neither in memory nor in descriptors.",
    tests: tests(
      `${FAULTS}/soak.faults.test.ts`,
      "row 28: a soak with rotations, relists and pod churn: 0 failed, descriptors stable",
      "row 28: in a soak of an hour or more memory grows by less than 1 MiB an hour",
    ),
    missing:
      "where memory comes to rest: within an hour it rises by less and less, which an hour's slope cannot tell from a leak; a day can",
    long: true,
  },
  {
    row: "29",
    fault: "stand-alone mode: no cluster, no certs dir, read-only disk, SIGTERM",
    criterion: "works, self-signed in memory, or one clear sentence and exit code 3",
    promise: "One command without a cluster works, or says in a sentence what is in its way.",
    tests: [
      ...tests(
        `${AVAILABILITY}/stand-alone.e2e.test.ts`,
        "certificates in … are kept in memory, and it says so",
        "… in use, drain …: one sentence, exit code 3, at once",
        "… ends it at once with exit code 0",
      ),
      ...tests(
        `${FAULTS}/client-certificates.faults.test.ts`,
        "with --client-ca only callers with its certificates are answered, and a new file is taken",
      ),
    ],
  },
  {
    row: "endurance",
    fault: "20 rolling updates, 30 leaf rotations and 3 CA rotations at 100 req/s, Fail",
    criterion: "0 failed, 0 unmutated, counted on both sides",
    promise: "All of that at once: operating the guard costs no request.",
    tests: tests(
      `${FAULTS}/endurance.faults.test.ts`,
      "endurance: rolling updates, leaf and CA rotations under load with failurePolicy Fail: 0 failed, 0 unmutated",
    ),
    long: true,
  },
];
