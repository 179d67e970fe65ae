import type { MarteauError } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** RFC 9457 with a stable code of the catalogue. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'what happened, why, and what to do' }),
  code: Type.String({ description: 'stable', examples: ['not-found'] }),
  retry: Type.Boolean({ description: 'whether the same request may succeed later' }),
});
export type Problem = Static<typeof Problem>;

const titles: Record<number, string> = {
  400: 'This cannot be done as asked',
  401: 'Sign in first',
  403: 'Refused',
  404: 'Not here',
  409: 'Not now',
  413: 'Too large',
  415: 'Not readable here',
  421: 'Wrong address',
  422: 'The repository is not ready',
  429: 'Too often',
  500: 'A defect of this server',
  502: 'The other side does not answer',
  503: 'Not available',
  507: 'The disk is full',
};

/** The few words over the sentence of an error. */
export function problemTitle(status: number): string {
  return titles[status] ?? (status < 500 ? 'This cannot be done as asked' : 'Not available');
}

export function problem(error: MarteauError): Problem {
  return {
    type: 'about:blank',
    title: problemTitle(error.status),
    status: error.status,
    detail: error.message,
    code: error.code,
    retry: error.retry,
  };
}
