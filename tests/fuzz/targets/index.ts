import type { Target } from '../target.ts';

/** Every target, by its file. To add one: a file beside this one, and a line here. */
export const targets: Readonly<Record<string, () => Promise<{ target: Target }>>> = {
  'child-messages': () => import('./child-messages.ts'),
  consent: () => import('./consent.ts'),
  csv: () => import('./csv.ts'),
  events: () => import('./events.ts'),
  har: () => import('./har.ts'),
  histogram: () => import('./histogram.ts'),
  http: () => import('./http.ts'),
  'http-answer': () => import('./http-answer.ts'),
  'http2-answer': () => import('./http2-answer.ts'),
  'marteau-yml': () => import('./marteau-yml.ts'),
  measurements: () => import('./measurements.ts'),
  memcache: () => import('./memcache.ts'),
  mysql: () => import('./mysql.ts'),
  postgres: () => import('./postgres.ts'),
  rec: () => import('./rec.ts'),
  redis: () => import('./redis.ts'),
  smtp: () => import('./smtp.ts'),
  websocket: () => import('./websocket.ts'),
};
