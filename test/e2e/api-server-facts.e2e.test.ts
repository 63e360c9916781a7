import { after, before } from "node:test";
import { configurationFacts } from "./facts/config-facts.ts";
import { kubectlFacts } from "./facts/kubectl-facts.ts";
import { namespaceControllerFacts } from "./facts/namespace-controller-facts.ts";
import { namespaceFacts } from "./facts/namespace-facts.ts";
import { patchFacts } from "./facts/patch-facts.ts";
import { retryFacts } from "./facts/retry-facts.ts";
import { Site } from "./facts/site.ts";
import { sizeFacts } from "./facts/size-facts.ts";
import { transportFacts } from "./facts/transport-facts.ts";
import { warningFacts } from "./facts/warning-facts.ts";

let started: Site | undefined;

function site(): Site {
  if (!started) throw new Error("The cluster is not up yet");
  return started;
}

before(async () => {
  started = await Site.start({ audit: "Request" });
});

after(() => started?.stop());

kubectlFacts(site);
transportFacts(site);
retryFacts(site);
namespaceFacts(site);
namespaceControllerFacts();
patchFacts(site);
configurationFacts(site);
warningFacts(site);
sizeFacts(site);
