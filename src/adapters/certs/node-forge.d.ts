// Loading two files of node-forge costs a third of the whole; @types/node-forge describes only that.

interface ForgeBuffer {
  getBytes(): string;
}

interface ForgeAsn1 {
  readonly tagClass: number;
  readonly type: number;
  /** Binary string of a primitive value, else the parts. */
  readonly value: string | ForgeAsn1[];
}

declare module "node-forge/lib/asn1.js" {
  const asn1: {
    readonly Class: { readonly UNIVERSAL: number; readonly CONTEXT_SPECIFIC: number };
    readonly Type: Readonly<
      Record<
        | "BOOLEAN"
        | "INTEGER"
        | "BITSTRING"
        | "OCTETSTRING"
        | "NULL"
        | "OID"
        | "UTF8"
        | "SEQUENCE"
        | "SET"
        | "UTCTIME"
        | "GENERALIZEDTIME",
        number
      >
    >;
    create(
      tagClass: number,
      type: number,
      constructed: boolean,
      value: string | ForgeAsn1[],
    ): ForgeAsn1;
    toDer(value: ForgeAsn1): ForgeBuffer;
    fromDer(
      bytes: ForgeBuffer,
      options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean },
    ): ForgeAsn1;
    oidToDer(id: string): ForgeBuffer;
    dateToUtcTime(date: Date): string;
    dateToGeneralizedTime(date: Date): string;
  };
  export = asn1;
}

declare module "node-forge/lib/util.js" {
  const util: {
    createBuffer(bytes: string): ForgeBuffer;
    encodeUtf8(text: string): string;
    bytesFromIP(ip: string): string | null;
  };
  export = util;
}
