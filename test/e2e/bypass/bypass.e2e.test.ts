import { after, before, suite, test } from "node:test";
import { assertNoInternalError } from "../support/counters.ts";
import { Site } from "./site.ts";
import { GROUPS } from "./tries.ts";
import { perform, testName } from "./try.ts";

let site: Site;

before(async () => {
  site = await Site.start();
});

after(() => site?.stop());

for (const { title, tries } of GROUPS) {
  suite(title, () => {
    for (const one of tries) {
      test(testName(one), () => perform(site, one));
    }
  });
}

test("the guard met no fault of its own", async () => {
  await assertNoInternalError(site.platform.guard);
});
