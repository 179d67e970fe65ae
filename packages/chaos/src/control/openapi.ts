import Fastify, { type FastifyPluginAsync } from 'fastify';

/** The OpenAPI document of an API, made of its routes. What makes it is loaded only when somebody asks. */
export async function openapiOf<T extends object>(api: FastifyPluginAsync<T>, options: T): Promise<object> {
  const { default: fastifySwagger } = await import('@fastify/swagger');
  const app = Fastify();
  app.setValidatorCompiler(() => () => true); // nobody calls these routes
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Marteau’s chaos proxy', version: '1' } },
    transform: ({ schema, url }) => ({ schema: { ...schema, response: answers }, url }),
  });
  await app.register<T>(api, options);
  await app.ready();
  return app.swagger();
}

const answers = {
  default: {
    type: 'null',
    description: 'What was asked for; from 400 on, problem details with a code and a sentence.',
  },
};
