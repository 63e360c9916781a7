import { namespacesByLayer, speaksForLayer } from "../../engine/layer-speaker.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { compareText } from "../../engine/text.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating, nameOf } from "../../kubernetes/object.ts";
import { certificateNameOf, secretOrigin } from "../../kubernetes/secret-origin.ts";

export interface ShareParams {
  readonly types: readonly string[];
  readonly minSharePercent: number;
}

type Context = RuleContext<ShareParams>;

/** Secrets that a message names. */
const SHOWN = 5;

/** How many Secrets of a layer something else writes than people: said of one Namespace of it. */
export function* shareFindings(context: Context): Iterable<Finding> {
  const { layer, params } = context;
  if (layer === undefined || !speaksForLayer(context, layer)) return;
  const { managed, byHand } = countsIn(context, layer);
  const all = managed + byHand.length;
  if (byHand.length === 0 || managed * 100 >= params.minSharePercent * all) return;
  const percent = Math.floor((managed * 100) / all);
  yield {
    message: `externally managed Secrets of the ${layer} layer: ${managed} of ${all} (${percent} %); by hand: ${listOf(byHand)}`,
    fix: "let an ExternalSecret, a SealedSecret or the like write them",
    location: ROOT,
    key: "share",
    atMost: "warn",
  };
}

interface Counts {
  managed: number;
  /** `namespace/name` of each. */
  readonly byHand: string[];
}

function countsIn(context: Context, layer: string): Counts {
  const counts: Counts = { managed: 0, byHand: [] };
  for (const object of namespacesByLayer(context).get(layer) ?? []) {
    const namespace = nameOf(object) ?? "";
    for (const secret of context.cluster.list("Secret", namespace)) {
      const isManaged = isTerminating(secret) ? undefined : managedOf(secret, context.params);
      if (isManaged === true) counts.managed += 1;
      if (isManaged === false) counts.byHand.push(`${namespace}/${nameOf(secret) ?? ""}`);
    }
  }
  return counts;
}

/** By metadata there is no type: what is neither a key pair nor the cluster's own counts as Opaque. */
function managedOf(secret: JsonObject, { types }: ShareParams): boolean | undefined {
  const origin = secretOrigin(secret);
  if (origin === "cluster") return undefined;
  if (origin === "certificate") {
    const isAsked = types.includes("kubernetes.io/tls");
    return isAsked ? certificateNameOf(secret) !== undefined : undefined;
  }
  return types.includes("Opaque") ? origin === "source" : undefined;
}

function listOf(names: readonly string[]): string {
  const shown = names.toSorted(compareText).slice(0, SHOWN).join(", ");
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
