import { type RequestOptions, request } from "node:https";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** As the API server posts, unless the options say otherwise. */
export function post(options: RequestOptions, body: string | Buffer): Promise<Answer> {
  const given = options.headers as Record<string, string> | undefined;
  const headers = {
    "content-type": "application/json",
    ...(given?.["transfer-encoding"] ? {} : { "content-length": Buffer.byteLength(body) }),
    ...given,
  };
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", method: "POST", ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}
