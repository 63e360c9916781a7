import type { Socket } from "node:net";
import { errorBody, HTTP_ERRORS, type HttpError } from "./http-error.ts";

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** Answers what never became an HTTP request, then closes; failed handshakes are only closed. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  const answer = translate(error.code);
  if (answer === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = errorBody(answer);
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status]}\r\n` +
      "Content-Type: application/json\r\n" +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
    // A caller that never closes its side would keep the socket.
    () => socket.destroy(),
  );
}

function translate(code: string | undefined): HttpError | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return HTTP_ERRORS.timedOut;
  if (code === "HPE_HEADER_OVERFLOW") return HTTP_ERRORS.headersTooLarge;
  return code?.startsWith("HPE_") ? HTTP_ERRORS.malformed : undefined;
}
