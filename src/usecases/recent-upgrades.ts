import type { RecentUpgrade, RecentUpgrades } from "../engine/recent-upgrades.ts";
import type { Subject } from "../engine/subject.ts";
import { own } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/object.ts";
import { upgradeStep } from "../kubernetes/revision-upgrade.ts";

/** Far above what people upgrade in a moment; keeps the memory small whatever happens. */
const CAPACITY = 500;

/** Remembers upgrades that were let through, for as long as informers may lag behind. */
export class UpgradeMemory implements RecentUpgrades {
  /** By object, oldest first. */
  readonly #upgrades = new Map<string, RecentUpgrade>();

  *since(time: number): Iterable<RecentUpgrade> {
    for (const upgrade of this.#upgrades.values()) if (upgrade.admittedAt >= time) yield upgrade;
  }

  /** Takes note of an update that was let through for good, if it is an upgrade. */
  admitted(subject: Subject, now: number): void {
    const { kind, namespace, name, old, object, operation, subresource, dryRun } = subject;
    if (operation !== "UPDATE" || old === undefined || subresource !== "" || dryRun) return;
    if (upgradeStep(kind, old.raw, object.raw) === undefined) return;
    const key = `${kind}/${namespace}/${name}`;
    this.#upgrades.delete(key);
    const generation = own(metadataOf(old.raw), "generation");
    this.#upgrades.set(key, {
      kind,
      namespace,
      name,
      admittedAt: now,
      generation: typeof generation === "number" ? generation : 0,
    });
    const [oldest] = this.#upgrades.keys();
    if (this.#upgrades.size > CAPACITY && oldest !== undefined) this.#upgrades.delete(oldest);
  }
}
