import { z } from "zod";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { parseImage, shownImage } from "../../kubernetes/image.ts";
import { type ImageUse, imagesOf } from "../../kubernetes/image-reference.ts";
import { own, ownObject } from "../../kubernetes/json.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";

const params = z.strictObject({
  floating: z
    .array(z.string())
    .default([
      "stable",
      "main",
      "master",
      "edge",
      "nightly",
      "dev",
      "develop",
      "canary",
      "current",
      "lts",
    ])
    .describe("Tags that are moved on purpose, beside latest and bare major versions"),
});

type Params = z.output<typeof params>;

export default defineRule<Params>({
  id: "upgrade-mutable-tag",
  title: "Images are pinned to a version or digest",
  why: "A tag that is moved upgrades whatever restarts next: two Pods of one Deployment run different software, nobody decided on it, and a rollback brings back the same tag.",
  practice: "upgrades",
  since: "0.1.0",
  targets: [
    {
      kinds: [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES, "Keycloak.k8s.keycloak.org"],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  mode: "enforce",
  modeNote: "warns about a digest that is given up for a version",
  reads: ["TP", "spec.imageName", "spec.image"],
  params,
  *check(context) {
    const { object, params } = context;
    for (const use of imagesOf(object.kind, object.raw, object.containers)) {
      const fault = isFilledInLater(context, use) ? undefined : faultOf(use.image, params);
      if (fault === undefined) continue;
      yield {
        message: `image ${shownImage(use.image)} is mutable: ${fault}`,
        fix: "pin a version or digest",
        location: use.location,
        key: `${use.container}:${use.image}`,
      };
    }
    yield* givenUpDigests(context);
  },
});

/** Why the image may be another one tomorrow; undefined when it is pinned, or no image at all. */
function faultOf(reference: string, { floating }: Params): string | undefined {
  const image = parseImage(reference);
  if (image === undefined || image.digest !== undefined) return undefined;
  if (image.tag === undefined) return "it has no tag";
  if (image.tag === "latest") return "latest is moved with every release";
  if (bareMajor.test(image.tag)) return "it names a major version alone";
  return floating.includes(image.tag.toLowerCase()) ? "its tag is moved on purpose" : undefined;
}

/** Longer numbers are builds and dates. */
const bareMajor = /^v?\d{1,3}$/;

/** Istio's injector puts its own proxy in the place of `auto` when the Pod is made. */
function isFilledInLater({ object }: RuleContext, { image }: ImageUse): boolean {
  if (image !== "auto") return false;
  const metadata = ownObject(object.template?.raw, "metadata");
  return own(ownObject(metadata, "annotations"), "inject.istio.io/templates") !== undefined;
}

function* givenUpDigests({ object, subject, params }: RuleContext<Params>) {
  const { old } = subject;
  if (old === undefined || object !== subject.object) return;
  const before = new Map(
    imagesOf(old.kind, old.raw, old.containers).map(({ container, image }) => [container, image]),
  );
  for (const { container, image, location } of imagesOf(
    object.kind,
    object.raw,
    object.containers,
  )) {
    const was = before.get(container);
    if (was === undefined || parseImage(was)?.digest === undefined) continue;
    if (parseImage(image)?.digest !== undefined || faultOf(image, params) !== undefined) continue;
    yield {
      message: `image ${shownImage(image)} is not pinned by a digest any more`,
      fix: "keep the digest behind the tag",
      location,
      key: `digest:${container}`,
      atMost: "warn" as const,
    };
  }
}
