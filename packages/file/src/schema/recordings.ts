import { Type } from 'typebox';
import { list, map, mapOf, oneOf, optional, written } from './fields.ts';

/** Third parties on tape. */
export const recordingFields = {
  recordings: optional(
    mapOf(
      'name',
      map({
        file: written('tapePath', {
          description: 'The tape: a .rec or a .har file.',
          examples: ['tapes/payments.rec'],
        }),
        server: optional(
          written('url', {
            description: 'The real server that the tape stands for.',
            examples: ['https://payments.example.com'],
          }),
        ),
        mode: optional(
          oneOf(['replay', 'record', 'replayOrRecord', 'diff', 'off'], {
            description:
              'replay: answers from the tape. record: forwards and writes. replayOrRecord: writes what is missing. diff: compares the real server with the tape. off: forwards.',
            default: 'replay',
          }),
        ),
        way: optional(
          oneOf(['reverse', 'forward'], {
            description:
              'How the app reaches it: by an address in MARTEAU_RECORDING_NAME, or as the proxy in HTTP_PROXY.',
            default: 'reverse',
          }),
        ),
        latency: optional(
          Type.Union([Type.Enum(['recorded', 'none']), Type.Number({ minimum: 0, maximum: 1000 })], {
            description:
              'Answers after the recorded time, at once, or after so many times the recorded time.',
            examples: ['recorded', 0.5],
            default: 'recorded',
          }),
        ),
        match: optional(
          map(
            {
              headers: optional(
                list(written('headerName'), {
                  description: 'Headers that must be as recorded, besides method, path, query and body.',
                  examples: [['X-Api-Version']],
                }),
              ),
            },
            {
              description: 'What makes a request the recorded one.',
              examples: [{ headers: ['X-Api-Version'] }],
            },
          ),
        ),
        unmatched: optional(
          oneOf(['fail', 'pass'], {
            description: 'A request that is not on the tape: answered with an error, or passed to `server`.',
            default: 'fail',
          }),
        ),
        verdict: optional(
          oneOf(['fail', 'invalid', 'none'], {
            description: 'What unmatched requests make of the run.',
            default: 'fail',
          }),
        ),
      }),
      {
        description: 'Stand-ins for third parties, started before the app.',
        examples: [{ payments: { file: 'tapes/payments.rec', server: 'https://payments.example.com' } }],
      },
    ),
  ),
};
