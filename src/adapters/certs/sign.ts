import { type KeyObject, sign as signBytes } from "node:crypto";
import {
  bitString,
  type Der,
  encode,
  explicit,
  integer,
  nullValue,
  objectId,
  sequence,
  set,
  time,
  utf8,
} from "./der.ts";

/** What a certificate says (TBSCertificate, RFC 5280, 4.1). */
export interface CertificateContent {
  /** Big-endian, top bit clear. */
  readonly serial: Uint8Array;
  readonly issuer: Der;
  readonly subject: Der;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spki: Der;
  readonly extensions: readonly Der[];
}

/** The longest common name that RFC 5280 allows (ub-common-name). */
const COMMON_NAME_MAX = 64;

/** Signs with node:crypto and returns PEM. */
export function sign(content: CertificateContent, key: KeyObject): string {
  const { algorithm, hash } = signatureOf(key);
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(content.serial),
    algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.spki,
    explicit(3, sequence(...content.extensions)),
  );
  const signature = signBytes(hash, encode(body), key);
  return toPem(encode(sequence(body, algorithm, bitString(signature))));
}

/** A common name too long for X.509 is left out: clients read the alternative names anyway. */
export function distinguishedName(organisation: string | undefined, commonName: string): Der {
  const parts: Der[] = [];
  if (organisation !== undefined) parts.push(attribute("2.5.4.10", organisation));
  if (commonName.length <= COMMON_NAME_MAX) parts.push(attribute("2.5.4.3", commonName));
  return sequence(...parts);
}

function attribute(type: string, value: string): Der {
  return set(sequence(objectId(type), utf8(value)));
}

function signatureOf(key: KeyObject): { algorithm: Der; hash: string | null } {
  switch (key.asymmetricKeyType) {
    case "ec": // ecdsa-with-SHA256
      return { algorithm: sequence(objectId("1.2.840.10045.4.3.2")), hash: "sha256" };
    case "rsa": // sha256WithRSAEncryption
      return {
        algorithm: sequence(objectId("1.2.840.113549.1.1.11"), nullValue()),
        hash: "sha256",
      };
    case "ed25519":
      return { algorithm: sequence(objectId("1.3.101.112")), hash: null };
    default:
      throw new TypeError(`a CA key of type ${key.asymmetricKeyType} cannot be used to sign`);
  }
}

function toPem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
