import {
  bitString,
  boolean,
  type Der,
  encode,
  implicit,
  integer,
  ipBytes,
  objectId,
  octetString,
  sequence,
} from "./der.ts";

export const SUBJECT_KEY_ID = "2.5.29.14";

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const GENERAL_NAME_DNS = 2;
const GENERAL_NAME_IP = 7;

/** Extensions of a CA that may sign leaves only (RFC 5280, 4.2.1). */
export function authorityExtensions(keyId: Uint8Array): readonly Der[] {
  return [
    extension("2.5.29.19", true, sequence(boolean(true), integer(Uint8Array.of(0)))),
    // keyCertSign (bit 5) and cRLSign (bit 6)
    extension("2.5.29.15", true, bitString(Uint8Array.of(0b0000_0110), 1)),
    extension(SUBJECT_KEY_ID, false, octetString(keyId)),
  ];
}

export interface LeafExtensions {
  readonly names: readonly string[];
  readonly ips: readonly string[];
  readonly keyId: Uint8Array;
  /** The CA's subject key identifier; left out when the CA has none. */
  readonly authorityKeyId: Uint8Array | undefined;
}

/** Extensions of a TLS server certificate. */
export function leafExtensions(leaf: LeafExtensions): readonly Der[] {
  const alternatives = [
    ...leaf.names.map((name) => implicit(GENERAL_NAME_DNS, Buffer.from(name, "ascii"))),
    ...leaf.ips.map((ip) => implicit(GENERAL_NAME_IP, ipBytes(ip))),
  ];
  const issuer =
    leaf.authorityKeyId === undefined
      ? []
      : [extension("2.5.29.35", false, sequence(implicit(0, leaf.authorityKeyId)))];
  return [
    extension("2.5.29.19", true, sequence()),
    // digitalSignature (bit 0)
    extension("2.5.29.15", true, bitString(Uint8Array.of(0b1000_0000), 7)),
    extension("2.5.29.37", false, sequence(objectId(SERVER_AUTH))),
    extension(SUBJECT_KEY_ID, false, octetString(leaf.keyId)),
    ...issuer,
    extension("2.5.29.17", false, sequence(...alternatives)),
  ];
}

function extension(id: string, critical: boolean, value: Der): Der {
  const flag = critical ? [boolean(true)] : [];
  return sequence(objectId(id), ...flag, octetString(encode(value)));
}
