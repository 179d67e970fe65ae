import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';

/** The page of the API's documentation styles its elements in place; everything comes from this server. */
const uiPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

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
        { name: 'nodes', description: 'Where load is generated' },
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

/** Without the bar of the tool's makers. */
const pageStyle = '.swagger-ui .topbar { display: none } .swagger-ui .info { margin: 24px 0 }';

/** The document and its page, with all of its files from here. */
export const openapiPages = fp(async (app) => {
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: uiPolicy,
    uiConfig: { validatorUrl: null, docExpansion: 'list', deepLinking: true, tryItOutEnabled: false },
    theme: { title: 'API · Marteau', css: [{ filename: 'marteau.css', content: pageStyle }] },
  });
});
