import type { Rule } from './rule.ts';

/** HTTP/2 that TLS has to agree on, of a target without TLS: no request would have an answer. */
export const http2OverTls: Rule = {
  reads: ['http', 'target', 'targets', 'app'],
  check(file, report) {
    if (String(file.http) !== '2') return;
    const targets = [file.target ?? [], file.targets ?? []].flat();
    if (file.app === undefined && !targets.some((target) => /^http:/i.test(target))) return;
    report(
      ['http'],
      'http: 2 asks for HTTP/2 over TLS, and the target is reached without it',
      'write http: h2c, or http: auto for what the target speaks',
    );
  },
};
