import { PREFIX } from "../../engine/platform.ts";

/** By this the guard calls itself through the API server. */
export const PROBE_LABEL = `${PREFIX}probe`;
export const PROBE_PATH = "/probe";
export const PROBE_WEBHOOK = "probe.guard.keymate.io";

/** What is sent, as a dry run: it is never stored. */
export function probeObject(namespace: string): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      generateName: "keymate-guard-probe-",
      namespace,
      labels: { "app.kubernetes.io/name": "keymate-guard", [PROBE_LABEL]: "true" },
    },
  };
}

/** The warning by which the replica that was called names itself. */
export function probeAnswer(replica: string): string {
  return `keymate-guard probe answered by ${replica}`;
}

/** The replicas that answered, from the Warning headers of one response. */
export function probedReplicas(warningHeader: string): readonly string[] {
  return [...warningHeader.matchAll(/keymate-guard probe answered by ([0-9a-z]+)/g)].map(
    ([, replica = ""]) => replica,
  );
}
