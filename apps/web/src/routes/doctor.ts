import { type Diagnosis, diagnose } from '@marteau/admin';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { version } from '../meters/version.ts';
import { admin } from '../rights/rule.ts';

const marks = {
  ok: { kind: 'pass', icon: 'pass', word: 'well' },
  odd: { kind: 'invalid', icon: 'invalid', word: 'odd' },
  wrong: { kind: 'fail', icon: 'fail', word: 'wrong' },
} as const;

/** What is wrong with this installation, as it looks from the web's machine, and what to do. */
export async function doctorRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get('/doctor', { ...admin, schema: { hide: true } }, async (_request, reply) => {
    const { host, port } = config;
    const found = await diagnose({ settings: config, host, port, version, store });
    const count = (kind: string) =>
      found.flatMap(({ findings }) => findings).filter((one) => one.kind === kind).length;
    return reply.page('pages/doctor', {
      title: 'Doctor',
      wrong: count('wrong'),
      odd: count('odd'),
      checks: found.map(shown),
    });
  });
}

function shown({ name, findings }: Diagnosis) {
  return { name, findings: findings.map(({ kind, sentence }) => ({ badge: marks[kind], sentence })) };
}
