import { coveredFamily, parseCidr } from "./cidr.ts";
import { asArray, asObject, type JsonObject, own, ownArray, ownString } from "./json.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";
import { isEmptySelector, isNullSelector, selects } from "./selector.ts";

/** One entry of spec.ingress. */
export interface IngressRule {
  /** `tcp/5432,udp/53-60`; "" for every port. In an order of its own. */
  readonly ports: string;
  /** undefined: every source. */
  readonly peers: readonly Peer[] | undefined;
  readonly location: Location;
}

export interface Peer {
  readonly raw: JsonObject;
  readonly location: Location;
}

/** Why a rule lets in sources that nobody named. */
export type Opening =
  | { readonly kind: "every-source"; readonly rule: IngressRule }
  /** Every Pod of the cluster; with a pod selector, every Pod that wears its labels. */
  | {
      readonly kind: "every-namespace";
      readonly rule: IngressRule;
      readonly peer: Peer;
      /** But for those that a selector excludes. */
      readonly excludes: boolean;
    }
  | { readonly kind: "labels-anywhere"; readonly rule: IngressRule; readonly peer: Peer }
  /** The blocks of rules for these ports hold every address. */
  | {
      readonly kind: "every-address";
      readonly rule: IngressRule;
      readonly peer: Peer;
      readonly family: 4 | 6;
      /** A /0; otherwise it takes other blocks beside this one. */
      readonly isAlone: boolean;
    };

/** Every namespace has it, set by the API server. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Absent policyTypes mean Ingress always; a policy for Egress alone isolates no ingress. */
export function governsIngress(policy: JsonObject): boolean {
  const types = asArray(own(specOf(policy), "policyTypes"));
  return types === undefined || types.length === 0 || types.includes("Ingress");
}

/** Selects every Pod of its namespace and lets nothing in; `ingress: [{}]` lets in everything. */
export function isDefaultDeny(policy: JsonObject): boolean {
  const spec = specOf(policy);
  // The API takes an absent podSelector for an empty one.
  const selector = own(spec, "podSelector");
  const selectsAll = isNullSelector(selector) || isEmptySelector(selector);
  return selectsAll && governsIngress(policy) && ownArray(spec, "ingress").length === 0;
}

/** An absent and an empty `from` both admit every source. */
export function ingressRulesOf(policy: JsonObject): readonly IngressRule[] {
  const list = field(ROOT, "spec", "ingress");
  return ownArray(specOf(policy), "ingress").map((entry, index) => {
    const raw = asObject(entry);
    const from = ownArray(raw, "from");
    const location = item(list, index);
    return {
      ports: portsText(ownArray(raw, "ports")),
      peers: from.length === 0 ? undefined : peersOf(from, field(location, "from")),
      location,
    };
  });
}

function peersOf(from: readonly unknown[], location: Location): readonly Peer[] {
  return from.flatMap((entry, index) => {
    const raw = asObject(entry);
    return raw === undefined ? [] : [{ raw, location: item(location, index) }];
  });
}

function portsText(ports: readonly unknown[]): string {
  const texts = ports.map((entry) => {
    const port = asObject(entry);
    const protocol = ownString(port, "protocol") ?? "TCP";
    const end = own(port, "endPort");
    const range = typeof end === "number" ? `-${end}` : "";
    return `${protocol.toLowerCase()}/${portText(own(port, "port"))}${range}`;
  });
  return [...new Set(texts)].sort().join(",");
}

/** By number or by name; absent: every port of the protocol. */
function portText(port: unknown): string {
  return typeof port === "number" || typeof port === "string" ? `${port}` : "*";
}

/**
 * Where a policy lets in what nobody named. Policies are additive and so are their rules: blocks of
 * several rules for the same ports count together. `except` does not cure a /0.
 */
export function* openingsOf(rules: readonly IngressRule[]): Iterable<Opening> {
  for (const rule of rules) {
    if (rule.peers === undefined) {
      yield { kind: "every-source", rule };
      continue;
    }
    for (const peer of rule.peers) {
      yield* selectorOpening(rule, peer);
    }
  }
  yield* addressOpenings(rules);
}

function* selectorOpening(rule: IngressRule, peer: Peer): Iterable<Opening> {
  const namespaces = own(peer.raw, "namespaceSelector");
  if (!selects(namespaces, ANY_NAMESPACE)) return;
  const pods = own(peer.raw, "podSelector");
  if (isNullSelector(pods) || selects(pods, {})) {
    const excludes = isExcluding(namespaces) || isExcluding(pods);
    yield { kind: "every-namespace", rule, peer, excludes };
  } else {
    yield { kind: "labels-anywhere", rule, peer };
  }
}

/** Whatever else it wears: a selector that takes it asks for nothing, at most it excludes. */
const ANY_NAMESPACE = { [NAME_LABEL]: "(any)" };

function isExcluding(selector: unknown): boolean {
  return ownArray(asObject(selector), "matchExpressions").some(
    (entry) => own(asObject(entry), "operator") !== "Exists",
  );
}

function* addressOpenings(rules: readonly IngressRule[]): Iterable<Opening> {
  const blocks = rules.flatMap((rule) =>
    (rule.peers ?? []).flatMap((peer) => {
      const cidr = ownString(asObject(own(peer.raw, "ipBlock")), "cidr");
      const range = cidr === undefined ? undefined : parseCidr(cidr);
      return range === undefined ? [] : [{ rule, peer, range }];
    }),
  );
  if (coveredFamily(blocks.map(({ range }) => range)) === undefined) return;
  const portSets = [...new Set(blocks.map(({ rule }) => rule.ports))];
  const isTooMany = portSets.length > MAX_PORT_SETS;
  for (const ports of isTooMany ? portSets.slice(0, 1) : portSets) {
    const together = blocks.filter(
      ({ rule }) => isTooMany || rule.ports === ports || rule.ports === "",
    );
    const family = coveredFamily(together.map(({ range }) => range));
    const mine = together.filter(({ rule, range }) => {
      return (isTooMany || rule.ports === ports) && range.family === family;
    });
    const alone = mine.find(({ range }) => coveredFamily([range]) !== undefined);
    const first = alone ?? mine[0];
    if (family === undefined || first === undefined) continue;
    const { rule, peer } = first;
    yield { kind: "every-address", rule, peer, family, isAlone: alone !== undefined };
  }
}

/** More than any real policy has; beyond it ports are not told apart. */
const MAX_PORT_SETS = 64;
