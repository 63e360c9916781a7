import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { parseImage } from "../../kubernetes/image.ts";
import { imagesOf } from "../../kubernetes/image-reference.ts";
import { ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { annotationOf, labelOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { compareVersions, parseVersion } from "../../kubernetes/semver.ts";

const PROMOTED = `${PREFIX}promoted-from`;
const ACKNOWLEDGED = `${PREFIX}release-notes-ack`;
const VERSION_LABEL = "app.kubernetes.io/version";

const KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "Cluster.postgresql.cnpg.io",
  "Keycloak.k8s.keycloak.org",
];

export default defineRule({
  id: "upgrade-evidence",
  title: "Releases come from another environment, their notes were read",
  why: "What was never run elsewhere is tried out on the users. Release notes tell which migration cannot be undone, and are read before the upgrade or after the outage.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [{ kinds: KINDS, operations: ["CREATE"] }],
  needs: [],
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata", "TP", "spec.imageName", "spec.image"],
  params: z.strictObject({
    criticalOnly: z
      .boolean()
      .default(true)
      .describe("Ask for evidence of critical components alone"),
  }),
  *check(context) {
    const { platform, object, params } = context;
    const claim = componentOf(platform, object);
    const component = claim && platform.components.get(claim.name);
    if (component === undefined || controllerOf(object.raw) !== undefined) return;
    if (params.criticalOnly && !component.critical) return;
    if (!annotationOf(object.raw, PROMOTED)?.trim()) {
      yield {
        message: `nothing says where this release of ${component.name} ran before`,
        fix: `run it in another environment first and annotate it with ${PROMOTED}: the name of that`,
        location: field(ROOT, "metadata", "annotations", PROMOTED),
        key: "promoted",
      };
    }
    yield* acknowledgement(context, component.name);
  },
});

function* acknowledgement(context: RuleContext, component: string) {
  const version = versionOf(context);
  const read = annotationOf(context.object.raw, ACKNOWLEDGED)?.trim();
  if (read && (version === undefined || isSame(read, version))) return;
  const what = version === undefined ? "this release" : `version ${version}`;
  yield {
    message: `nothing says that the release notes of ${component} ${what} were read${read ? ", only those of another version" : ""}`,
    fix: `read them and annotate it with ${ACKNOWLEDGED}: ${version ?? "the version"}`,
    location: field(ROOT, "metadata", "annotations", ACKNOWLEDGED),
    key: `notes:${version ?? ""}`,
  };
}

/** By the common label, else by the tag of the first image; a digest alone names none. */
function versionOf({ object }: RuleContext): string | undefined {
  const label =
    labelOf(object.raw, VERSION_LABEL) ?? ownString(object.template?.labels, VERSION_LABEL);
  if (label) return shown(label);
  const [first] = imagesOf(object.kind, object.raw, object.containers);
  const tag = first && parseImage(first.image)?.tag;
  return tag === undefined ? undefined : shown(tag);
}

/** Files may hold what no API server would take for a label. */
function shown(version: string): string | undefined {
  return plain.test(version) ? version : undefined;
}

const plain = /^[A-Za-z0-9._-]{1,128}$/;

/** `v1.4.2` and `1.4.2`, with or without a build behind it. */
function isSame(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [parseVersion(left), parseVersion(right)];
  return one !== undefined && other !== undefined && compareVersions(one, other) === 0;
}
