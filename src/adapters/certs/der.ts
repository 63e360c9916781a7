// The only home of node-forge, used as an ASN.1 encoder: it signs certificates with RSA only.
import { isIP } from "node:net";
import asn1 from "node-forge/lib/asn1.js";
import util from "node-forge/lib/util.js";

/** One ASN.1 value, to be put into another or encoded. */
export type Der = ReturnType<typeof asn1.create>;

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const { Type } = asn1;

export function encode(value: Der): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), "latin1");
}

/** Reads DER that node:crypto produced or accepted; never input from the network. */
export function decode(der: Buffer): Der {
  // A key's bits can look like ASN.1: never decode BIT STRINGs.
  const options = { strict: true, parseAllBytes: true, decodeBitStrings: false };
  return asn1.fromDer(util.createBuffer(der.toString("latin1")), options);
}

export function children(value: Der | undefined): readonly Der[] {
  return value !== undefined && Array.isArray(value.value) ? value.value : [];
}

/** Content octets of a primitive value. */
export function octets(value: Der | undefined): Buffer {
  return Buffer.from(typeof value?.value === "string" ? value.value : "", "latin1");
}

export function isObjectId(value: Der | undefined, id: string): boolean {
  return value?.type === Type.OID && octets(value).equals(octets(objectId(id)));
}

export function isExplicit(value: Der | undefined, tag: number): boolean {
  return value?.tagClass === CONTEXT_SPECIFIC && Number(value.type) === tag;
}

export function sequence(...items: readonly Der[]): Der {
  return asn1.create(UNIVERSAL, Type.SEQUENCE, true, [...items]);
}

export function set(...items: readonly Der[]): Der {
  return asn1.create(UNIVERSAL, Type.SET, true, [...items]);
}

export function objectId(id: string): Der {
  return asn1.create(UNIVERSAL, Type.OID, false, asn1.oidToDer(id).getBytes());
}

export function boolean(value: boolean): Der {
  return asn1.create(UNIVERSAL, Type.BOOLEAN, false, value ? "\xff" : "\x00");
}

/** A non-negative integer as big-endian bytes, shortest form, top bit clear. */
export function integer(bytes: Uint8Array): Der {
  return asn1.create(UNIVERSAL, Type.INTEGER, false, binary(bytes));
}

export function nullValue(): Der {
  return asn1.create(UNIVERSAL, Type.NULL, false, "");
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Der {
  return asn1.create(
    UNIVERSAL,
    Type.BITSTRING,
    false,
    String.fromCharCode(unusedBits) + binary(bytes),
  );
}

export function octetString(bytes: Uint8Array): Der {
  return asn1.create(UNIVERSAL, Type.OCTETSTRING, false, binary(bytes));
}

export function utf8(text: string): Der {
  return asn1.create(UNIVERSAL, Type.UTF8, false, util.encodeUtf8(text));
}

/** `[tag] EXPLICIT`. */
export function explicit(tag: number, ...items: readonly Der[]): Der {
  return asn1.create(CONTEXT_SPECIFIC, tag, true, [...items]);
}

/** `[tag] IMPLICIT` around primitive content. */
export function implicit(tag: number, bytes: Uint8Array): Der {
  return asn1.create(CONTEXT_SPECIFIC, tag, false, binary(bytes));
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5); whole seconds. */
export function time(at: Date): Der {
  return at.getUTCFullYear() < 2050
    ? asn1.create(UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(at))
    : asn1.create(UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at));
}

/** Network-order bytes of a literal IPv4 or IPv6 address. */
export function ipBytes(ip: string): Buffer {
  // The URL parser writes the dotted tail of an IPv4-mapped address in hexadecimal.
  const plain = isIP(ip) === 6 ? new URL(`http://[${ip}]/`).hostname.slice(1, -1) : ip;
  // It does not look at the range of IPv4 parts.
  const bytes = isIP(ip) === 0 ? null : util.bytesFromIP(plain);
  if (bytes === null) throw new TypeError(`${ip} is not an IP address`);
  return Buffer.from(bytes, "latin1");
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
