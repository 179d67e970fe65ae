import type { Route } from './route.ts';

/** The OpenAPI document of some routes. */
export function openapi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, about, body } of routes) {
    paths[path] ??= {};
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    paths[path][method.toLowerCase()] = {
      summary: about,
      parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      responses: {
        default: {
          description: 'What was asked for; from 400 on, problem details with a code and a sentence.',
        },
      },
    };
  }
  return { openapi: '3.1.0', info: { title: 'Marteau’s chaos proxy', version: '1' }, paths };
}
