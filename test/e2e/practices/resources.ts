import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Platform, succeeded } from "../support/platform.ts";
import { refusedBy, sound, soundContainer, warnedBy } from "./support.ts";

const NAME = "sized";
const sized = (resources: object) =>
  sound("Deployment", `platform-application/${NAME}`, {
    component: "none",
    containers: [soundContainer("main", { resources })],
  });

export function resources(platform: () => Platform): void {
  const apply = (manifest: object) => platform().send("apply", manifest);
  const set = (...args: string[]) =>
    platform().kubectl(
      "-n",
      "platform-application",
      "set",
      "resources",
      `deployment/${NAME}`,
      ...args,
    );

  suite("resources", () => {
    test("what is left out is filled in and told", async () => {
      assert.deepEqual(warnedBy(await apply(sized({}))), ["res-default"]);
    });

    test("a limit of zero is refused, a real one taken", async () => {
      assert.ok(
        refusedBy(await set("--limits=memory=0", "--requests=memory=0")).includes("res-zero"),
      );
      succeeded(await set("--limits=memory=1Gi"));
    });

    test("an odd quantity is a warning", async () => {
      const result = await set("--requests=cpu=100", "--limits=cpu=100");
      assert.deepEqual(warnedBy(result), ["res-quantity-suspicious"]);
    });
  });
}
