import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Platform, succeeded } from "../support/platform.ts";
import { claim, database, nightly } from "./objects.ts";
import { refusedBy, soonRefusedBy, warnedBy } from "./support.ts";

const DATA = "platform-data";

const PG = `${DATA}/pg-main`;
const NIGHTLY = `${DATA}/nightly`;

export function backup(platform: () => Platform): void {
  const apply = (manifest: object) => platform().send("apply", manifest);
  const remove = (kind: string, name: string) =>
    platform().kubectl("-n", DATA, "delete", kind, name);

  suite("backup", () => {
    test("a retention of less than 30 days is refused", async () => {
      const short = database(PG, { backup: { retentionPolicy: "4w" } });
      const result = await apply(short);
      assert.deepEqual(refusedBy(result), ["backup-retention"]);
      assert.match(result.stderr, /4w/);
      assert.deepEqual(warnedBy(await apply(database(PG))), []);
    });

    test("backups inside the cluster are refused", async () => {
      const barmanObjectStore = {
        destinationPath: "s3://x",
        endpointURL: "http://minio.minio.svc",
      };
      const inside = database(`${DATA}/inside`, {
        backup: { retentionPolicy: "30d", barmanObjectStore },
      });
      assert.deepEqual(refusedBy(await apply(inside)), ["backup-location-offcluster"]);
    });

    test("a schedule that means something else is a warning, a daily one is taken", async () => {
      assert.deepEqual(
        warnedBy(await apply(nightly(NIGHTLY, "pg-main", { schedule: "0 0 * * 0" }))),
        ["backup-frequency"],
      );
      assert.deepEqual(warnedBy(await apply(nightly(NIGHTLY, "pg-main"))), []);
    });

    test("suspending the only schedule of a database is refused", async () => {
      await soonRefusedBy("backup-frequency", () =>
        apply(nightly(NIGHTLY, "pg-main", { suspend: true })),
      );
    });

    test("databases, claimed volumes and the layer's namespace are not deleted in passing", async () => {
      succeeded(await apply(claim(`${DATA}/files`)));
      await soonRefusedBy("backup-delete-protect", () => remove("pvc", "files"));
      await soonRefusedBy("backup-delete-protect", () =>
        remove("clusters.postgresql.cnpg.io", "pg-main"),
      );
      const result = await platform().kubectl("delete", "namespace", DATA);
      assert.ok(refusedBy(result).includes("backup-delete-protect"));
    });
  });
}
