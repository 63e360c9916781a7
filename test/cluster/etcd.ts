import { type Flags, toArgs } from "./flags.ts";
import { freePorts } from "./ports.ts";
import { type Running, untilReady, type Workspace } from "./workspace.ts";

export interface Etcd {
  readonly url: string;
  readonly process: Running;
}

export async function startEtcd(workspace: Workspace, file: string, flags?: Flags): Promise<Etcd> {
  const [client, peer] = await freePorts(2);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const defaults = {
    "data-dir": workspace.path("etcd"),
    "listen-client-urls": url,
    "advertise-client-urls": url,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
    // The data is thrown away with the test: waiting for the disk buys nothing.
    "unsafe-no-fsync": "true",
    "log-level": "warn",
  };
  const process = await workspace.start({ name: "etcd", file, args: toArgs(defaults, flags) });
  await untilReady(process, async () => (await fetch(`${url}/health`)).ok);
  return { url, process };
}
