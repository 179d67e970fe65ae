import { type Static, Type } from 'typebox';
import type { GrammarName } from '../grammar/index.ts';

// The grammar itself is not loaded here: control servers of proxies check by this schema, too, and have to start fast.
const grammar = (name: GrammarName) => ({ grammar: name });
const key = (name: GrammarName) => ({ key: name });
const text = (doc?: object) => Type.String({ ...grammar('text'), minLength: 1, maxLength: 4096, ...doc });

/** An option of a behaviour. */
export const option = Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean()]);

/**
 * How a proxy breaks: what a fault of the file says of it, and what a control server is asked for. To add a field, add it
 * here, and let `prepareBehavior` of packages/chaos do something with it.
 */
export const FaultSetting = Type.Object({
  behavior: Type.String(),
  options: Type.Optional(
    Type.Record(Type.String(), option, {
      ...key('name'),
      maxProperties: 200,
      description: 'Options of the behaviour.',
      examples: [{ sleep: '2s' }],
    }),
  ),
  probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  per: Type.Optional(
    Type.Enum(['connection', 'request', 'chunk'], {
      description: 'What `probability` is drawn for; the first that the behaviour knows, when left out.',
      examples: ['request'],
    }),
  ),
  direction: Type.Optional(
    Type.Enum(['both', 'upstream', 'downstream'], {
      description: 'Which way it hits: towards the backend, towards the app, or both.',
      default: 'both',
    }),
  ),
  match: Type.Optional(
    Type.Object(
      {
        command: Type.Optional(
          Type.Union([text(), Type.Array(text(), { minItems: 1, maxItems: 100 })], {
            description: 'Only these commands of the protocol.',
            examples: ['GET'],
          }),
        ),
        path: Type.Optional(
          text({ description: 'Only paths like this, * standing for anything.', examples: ['/cart/*'] }),
        ),
        header: Type.Optional(
          Type.Record(Type.String(), Type.String({ maxLength: 1000 }), {
            ...key('headerName'),
            maxProperties: 200,
            description: 'Only requests with these headers.',
            examples: [{ 'X-Api-Version': '2' }],
          }),
        ),
      },
      {
        additionalProperties: false,
        description: 'Only what matches all of these.',
        examples: [{ command: 'GET' }],
      },
    ),
  ),
});
export type FaultSetting = Static<typeof FaultSetting>;
