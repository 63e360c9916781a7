/** A version as image tags and labels write it: `v1.2.3-rc.1`, `16.3-bookworm`, `2024.10.1`. */
export interface Version {
  /** At least one; missing ones are unknown, not zero: `16` may be any 16. */
  readonly numbers: readonly number[];
  /** `rc.1`; undefined for a release. What else follows a dash (`bookworm`, `alpine3.20`, `1`) is a build. */
  readonly prerelease: string | undefined;
}

const versionPattern = /^v?(\d{1,15}(?:\.\d{1,15})*)(?:[-_+.](.*)|$)/is;
const prereleasePattern = /^(?:alpha|beta|rc|cr|pre|preview|snapshot|dev|m)(?![a-z])/i;

/** undefined for what does not begin with a number: `stable`, a commit. */
export function parseVersion(text: string): Version | undefined {
  const match = versionPattern.exec(text);
  if (match === null) return undefined;
  const [, numbers = "", suffix] = match;
  const prerelease = suffix !== undefined && prereleasePattern.test(suffix) ? suffix : undefined;
  return { numbers: numbers.split(".").map(Number), prerelease };
}

/**
 * Negative when `left` is lower, positive when it is higher, 0 when both are one version or builds
 * of one; undefined when that cannot be said, since `16` may be above or below `16.3`.
 */
export function compareVersions(left: Version, right: Version): number | undefined {
  const shared = Math.min(left.numbers.length, right.numbers.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.numbers.length !== right.numbers.length) return undefined;
  return comparePrereleases(left.prerelease, right.prerelease);
}

function comparePrereleases(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return compareIdentifiers(left.toLowerCase().split("."), right.toLowerCase().split("."));
}

/** Semantic Versioning 2.0, clause 11.4; `rc2` counts as `rc.2`. */
function compareIdentifiers(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index];
    const other = right[index];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    if (one === other) continue;
    return one.localeCompare(other, "en", { numeric: true });
  }
  return 0;
}
