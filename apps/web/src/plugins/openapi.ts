import fastifySwagger from '@fastify/swagger';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';

/** The OpenAPI document, made of the schemas that check the requests. */
export const openapi = fp<{ config: WebConfig }>(async (app, { config }) => {
  await app.register(fastifySwagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Marteau',
        version: '1',
        description:
          'Queues load tests. Errors are problem details (RFC 9457) with a stable `code`; `detail` says what happened, why, and what to do.',
      },
      ...(config.url && { servers: [{ url: config.url }] }),
      tags: [
        { name: 'runs', description: 'Submit, watch, cancel' },
        { name: 'projects', description: 'Repositories, each with a page of its own' },
        { name: 'nodes', description: 'Where load is generated' },
        { name: 'queue', description: 'Pause and resume' },
        { name: 'assistants', description: 'Tools for coding assistants' },
        { name: 'bin', description: 'What was deleted, for thirty days' },
        { name: 'blocks', description: 'What owners of targets have stopped' },
        { name: 'service', description: 'Is it well' },
        { name: '2012', description: 'The API of the first Marteau' },
      ],
      ...(config.accessToken !== null && {
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
        security: [{ token: [] }],
      }),
    },
  });
});
