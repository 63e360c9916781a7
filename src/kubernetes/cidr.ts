/** A range of addresses of one family, both ends included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** No CIDR is longer. */
const MAX_LENGTH = 64;
const octet = /^\d{1,3}$/;
const group = /^[0-9A-Fa-f]{1,4}$/;
const prefixLength = /^\d{1,3}$/;
/** ::ffff:0:0/96, where IPv6 keeps the IPv4 addresses. */
const MAPPED = 0xffff_0000_0000n;

/**
 * The range that a CIDR stands for, host bits ignored as the API does (`10.1.2.3/8`, octets with
 * leading zeros are decimal: netutils.ParseCIDRSloppy). IPv4 mapped into IPv6 counts as IPv4.
 * undefined for what is no CIDR.
 */
export function parseCidr(text: string): AddressRange | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [address = "", length = "", ...rest] = text.trim().split("/");
  if (rest.length > 0 || !prefixLength.test(length)) return undefined;
  const isV6 = address.includes(":");
  const bits = isV6 ? 128 : 32;
  const value = isV6 ? parseV6(address) : parseV4(address);
  const prefix = Number(length);
  if (value === undefined || prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  const first = (value >> hostBits) << hostBits;
  const last = first + (1n << hostBits) - 1n;
  if (isV6 && prefix >= 96 && first >> 32n === MAPPED >> 32n) {
    return { family: 4, first: first - MAPPED, last: last - MAPPED };
  }
  return { family: isV6 ? 6 : 4, first, last };
}

/** Whether the ranges together hold every address of a family: a /0, or its halves. */
export function coveredFamily(ranges: readonly AddressRange[]): 4 | 6 | undefined {
  if (coversAll(ranges, 4, 32n)) return 4;
  return coversAll(ranges, 6, 128n) ? 6 : undefined;
}

function coversAll(ranges: readonly AddressRange[], family: 4 | 6, bits: bigint): boolean {
  const sorted = ranges
    .filter((range) => range.family === family)
    .sort((left, right) => (left.first < right.first ? -1 : 1));
  let next = 0n;
  for (const { first, last } of sorted) {
    if (first > next) return false;
    if (last >= next) next = last + 1n;
  }
  return next === 1n << bits;
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let value = 0n;
  for (const part of octets) {
    if (!octet.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) + BigInt(Number(part));
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const gap = text.indexOf("::");
  if (gap < 0) {
    const groups = groupsOf(text);
    return groups?.length === 8 ? joined(groups) : undefined;
  }
  const head = groupsOf(text.slice(0, gap));
  const tail = groupsOf(text.slice(gap + 2));
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return joined([...head, ...zeros, ...tail]);
}

/** The last group may be an IPv4 address, which is two groups. */
function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (group.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(v4 >> 16n, v4 & 0xffffn);
  }
  return groups;
}

function joined(groups: readonly bigint[]): bigint {
  return groups.reduce((value, part) => (value << 16n) + part, 0n);
}
