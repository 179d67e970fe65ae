import type { IncomingMessage, ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

export function sendHtml(response: ServerResponse, list: string): void {
  send(response, 200, 'text/html; charset=utf-8', `<!doctype html><title>The shop</title><ul>${list}</ul>`);
}

/** The JSON object in a request's body; an empty one where there is none. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
