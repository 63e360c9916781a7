import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { namespacesByLayer, speaksForLayer } from "../../engine/layer-speaker.ts";
import { componentName, layerName } from "../../engine/names.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating, nameOf, statusOf } from "../../kubernetes/object.ts";
import { OF_A_LAYER } from "./of-a-layer.ts";

/** What a collector runs as, and where its status counts the Pods that are ready. */
const READY: ReadonlyMap<GroupKind, string> = new Map([
  ["Deployment.apps", "readyReplicas"],
  ["StatefulSet.apps", "readyReplicas"],
  ["DaemonSet.apps", "numberReady"],
]);

const params = z.strictObject({
  layer: layerName.default("observability").describe("Layer of telemetry"),
  components: z
    .array(componentName)
    .default(["telemetry-collector"])
    .describe("Components that telemetry flows through: one of them has to be ready"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule({
  id: "mon-layer-present",
  title: "There is an observability layer with a collector that is ready",
  why: "Monitoring that is added after the first incident cannot explain it. Without a collector that is ready every trace and metric that services send is dropped without a word.",
  practice: "monitoring",
  since: "0.1.0",
  ...OF_A_LAYER,
  needs: ["Namespace", ...READY.keys()],
  params,
  check(context) {
    const { layer, components } = context.params;
    if (!speaksForLayer(context, layer)) return [];
    const namespaces = namespacesByLayer(context).get(layer) ?? [];
    if (namespaces.length === 0) {
      return [finding(`no namespace is of layer ${layer}`, "label one and run a collector in it")];
    }
    const names = namespaces.map((object) => nameOf(object) ?? "");
    const states = names.flatMap((name) => collectorsIn(context, name));
    if (states.some(({ ready }) => ready > 0)) return [];
    const [first] = states;
    const wanted = components.join(" or ");
    if (first === undefined) {
      const where = names.join(", ");
      return [finding(`no ${wanted} runs in layer ${layer} (${where})`, "run one there")];
    }
    const others = states.length > 1 ? `, nor is any of ${states.length - 1} more` : "";
    return [finding(`${first.shown} is not ready${others}`, "find out why its Pods are not ready")];
  },
});

function finding(message: string, fix: string): Finding {
  return { message, fix, location: ROOT, key: "layer" };
}

interface Collector {
  readonly shown: string;
  readonly ready: number;
}

function collectorsIn({ platform, cluster, params }: Context, namespace: string): Collector[] {
  return [...READY].flatMap(([kind, key]) =>
    [...cluster.list(kind, namespace)].flatMap((raw): Collector[] => {
      const name = componentOf(platform, new Judged(kind, raw))?.name ?? "";
      if (isTerminating(raw) || !params.components.includes(name)) return [];
      const count = own(statusOf(raw), key);
      const shown = `${name}: ${kindWord(kind)} ${namespace}/${nameOf(raw)}`;
      return [{ shown, ready: typeof count === "number" ? count : 0 }];
    }),
  );
}
