/** Who refuses a Pod, by words that the API server puts into every such message. */
const REFUSALS: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/exceeded quota: ([a-z0-9.-]{1,253})/, (name) => `ResourceQuota ${name} is used up`],
  [
    /failed quota: ([a-z0-9.-]{1,253})/,
    (name) => `ResourceQuota ${name} asks for values that Pods lack`,
  ],
  [
    /admission webhook "([a-z0-9.-]{1,253})" denied/,
    (name) => `admission webhook ${name} refuses the Pods`,
  ],
  [
    /failed calling webhook "([a-z0-9.-]{1,253})"/,
    (name) => `admission webhook ${name} does not answer`,
  ],
  [
    /ValidatingAdmissionPolicy '([a-z0-9.-]{1,253})'/,
    (name) => `ValidatingAdmissionPolicy ${name} refuses the Pods`,
  ],
  [/violates PodSecurity/, () => "Pod Security of the namespace refuses the Pods"],
  [
    /(?:maximum|minimum) \w+ usage per (?:Container|Pod)|limit to request ratio/,
    () => "a LimitRange refuses the Pods",
  ],
  [/serviceaccount "?[a-z0-9.-]{1,253}"? not found/, () => "the service account is missing"],
];

/** Why Pods cannot be created. The text may quote what it refuses and is not repeated. */
export function refusalOf(message: string): string {
  for (const [pattern, text] of REFUSALS) {
    const match = pattern.exec(message);
    if (match !== null) return text(match[1] ?? "");
  }
  return "Pods cannot be created (see its condition ReplicaFailure)";
}
