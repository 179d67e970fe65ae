import type { FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';

/** Where this server is reached: MARTEAU_URL, or, where there is none, the (checked) Host that was asked. */
export function baseUrl(config: Pick<WebConfig, 'url'>, request: FastifyRequest): string {
  return config.url ?? `http://${request.headers.host}`;
}
