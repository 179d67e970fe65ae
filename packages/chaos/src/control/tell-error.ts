import { isMarteauError } from '@marteau/shared';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { wrong } from '../wrong.ts';

/** An error, with what an API may tell of it. */
export interface ToldError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What belongs to it beside, such as what was done before. */
  readonly extra?: object | undefined;
}

/** Answers errors with bodies of a shape: each API has its own. */
export function tellAs(shape: (error: ToldError) => object) {
  return (
    thrown: Error & { extra?: object },
    _request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply => {
    const { status = 500, code, message } = known(thrown);
    return reply.code(status).send(shape({ status, code, message, extra: thrown.extra }));
  };
}

function known(thrown: Error): Pick<ToldError, 'code' | 'message'> & { status?: number } {
  if (isMarteauError(thrown)) return thrown;
  const { code, statusCode = 500, message } = thrown as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return wrong('The body is larger than 1 MB.');
  if (statusCode < 500) return wrong(`${message}.`);
  return { code: 'internal', message: `The control server failed: ${message}. Please report this.` };
}
