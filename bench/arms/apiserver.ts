import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { deployment } from "../reviews/deployment.ts";
import type { Arm, ArmResult, Target } from "../support/arm.ts";
import { type Extension, type Site, startSite } from "../support/cluster-site.ts";
import { Load, type LoadResult } from "../support/load.ts";
import { median, short } from "../support/stats.ts";

const CLIENTS = [1, 8];
const EXTENSIONS: readonly Extension[] = ["none", "guard", "policies"];
const WORDS: Readonly<Record<Extension, string>> = {
  none: "no admission extension",
  guard: "the guard's webhooks",
  policies: "in-process policies (CEL)",
};

type Samples = ReadonlyMap<string, LoadResult[]>;

/** What a server-side dry-run create of a Deployment takes on a real API server. */
export const apiserver: Arm = async ({ dir, quick, progress }) => {
  const site = await startSite(dir);
  const load = new Load();
  const samples = new Map<string, LoadResult[]>();
  const rounds = quick ? 3 : 15;
  try {
    for (let round = -2; round < rounds; round++) {
      for (const clients of CLIENTS) {
        // Another one goes first each time: what it left to collect is paid by the next.
        for (let turn = 0; turn < EXTENSIONS.length; turn++) {
          const extension = EXTENSIONS[(turn + round + 3) % EXTENSIONS.length] as Extension;
          const result = await create(load, site, { extension, clients, seconds: 2 });
          // The first rounds are for the compilers.
          if (round < 0) continue;
          const key = `${extension} ${clients}`;
          samples.set(key, [...(samples.get(key) ?? []), result]);
        }
      }
      progress(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    load.stop();
    await site.stop();
  }
  return resultOf(samples);
};

interface Round {
  readonly extension: Extension;
  readonly clients: number;
  readonly seconds: number;
}

function create(load: Load, site: Site, { extension, clients, seconds }: Round) {
  const namespace = site.namespaces[extension];
  const { ca, cert, key } = credentials(site.kubeconfig);
  return load.run(
    {
      port: Number(new URL(site.server).port),
      path: `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`,
      bodies: [true, false].map((compliant) =>
        JSON.stringify(deployment({ compliant, namespace })),
      ),
      connections: clients,
      seconds,
      ca,
      cert,
      key,
    },
    "201",
  );
}

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: Record<string, string> }];
  readonly users: readonly [{ user: Record<string, string> }];
}

function credentials(file: string): { ca: string; cert: string; key: string } {
  const { clusters, users } = parse(readFileSync(file, "utf8")) as Kubeconfig;
  const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  return {
    ca: decode(cluster["certificate-authority-data"]),
    cert: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
  };
}

function resultOf(samples: Samples): ArmResult {
  const raw = CLIENTS.flatMap((clients) =>
    EXTENSIONS.map((extension) => {
      const own = samples.get(`${extension} ${clients}`) ?? [];
      const none = samples.get(`none ${clients}`) ?? [];
      return {
        clients,
        extension,
        p50Ms: median(own.map(({ p50 }) => p50)),
        p99Ms: median(own.map(({ p99 }) => p99)),
        addedMs: median(own.map(({ p50 }, round) => p50 - (none[round]?.p50 ?? Number.NaN))),
        perSecond: median(own.map(({ requests, seconds }) => requests / seconds)),
      };
    }),
  );
  return {
    title: "Dry-run create of a two-container Deployment through the API server, ms",
    columns: ["clients, extension", "p50", "p99", "added p50", "creates/s"],
    rows: raw.map((row) => [
      `${row.clients}, ${WORDS[row.extension]}`,
      short(row.p50Ms),
      short(row.p99Ms),
      row.extension === "none" ? "-" : short(row.addedMs),
      short(row.perSecond),
    ]),
    targets: [target(raw)],
    raw,
  };
}

function target(
  raw: readonly { clients: number; extension: Extension; addedMs: number }[],
): Target {
  const added = (extension: Extension) =>
    raw.find((row) => row.clients === 8 && row.extension === extension)?.addedMs ?? Number.NaN;
  const [guard, policies] = [added("guard"), added("policies")];
  return {
    text: `with 8 clients the guard adds ${short(guard)} ms to p50, the in-process policies ${short(policies)} ms`,
    met: guard < policies,
  };
}
