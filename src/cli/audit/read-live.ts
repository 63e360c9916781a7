import type { AUDIT_SETTINGS } from "../../config/settings-audit.ts";
import type { Policy } from "../../engine/policy.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { nameOf } from "../../kubernetes/object.ts";
import type { KindAnswers } from "../../usecases/audit-view.ts";
import { SECRETS } from "../../usecases/audited-kinds.ts";
import type { Snapshot } from "../../usecases/snapshot.ts";
import type { Invocation } from "../command.ts";
import type { CliIo } from "../io.ts";
import { systemClock } from "../system-clock.ts";
import { progressFor } from "../terminal.ts";
import { connect } from "./connect.ts";
import { untilStopped } from "./until-stopped.ts";

type Settings = Invocation<typeof AUDIT_SETTINGS>["settings"];

/** Reads all of a cluster that an audit asks for. Throws AppError or KubeError. */
export async function readLive(
  snapshot: Snapshot,
  settings: Settings,
  policy: Policy,
  io: CliIo,
): Promise<KindAnswers> {
  const { connection } = await connect(settings, io);
  const { readCluster } = await import("../../adapters/kube/read-cluster.ts");
  const progress = progressFor(io, settings.logFormat);
  let read = 0;
  progress.report("reading the cluster, objects", read);
  try {
    return await untilStopped(io, (signal) =>
      readCluster({
        connection,
        kinds: snapshot.kinds,
        metadataOnly: SECRETS,
        namespaces: settings.namespace,
        known: () => namesOf(snapshot.view.list("Namespace"), policy),
        take(object) {
          snapshot.add(object);
          read++;
          progress.report("reading the cluster, objects", read);
        },
        clock: systemClock,
        signal,
      }),
    );
  } finally {
    progress.clear();
    connection.close();
  }
}

/** More are not tried one by one where the whole may not be read. */
const MOST_NAMESPACES = 50;

function namesOf(namespaces: Iterable<JsonObject>, policy: Policy): readonly string[] {
  const names = [...namespaces].flatMap((object) => nameOf(object) ?? []);
  const asked = names.filter((name) => !policy.isExcluded(name));
  return asked.length > MOST_NAMESPACES ? [] : asked;
}
