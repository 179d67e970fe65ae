import type { Page } from 'playwright-core';

const LOCAL = new Set(['127.0.0.1', 'localhost']);

/** Notes what no page of ours may do, from now on: ask another machine, write to the console as an error, throw. */
export function watchPage(page: Page): string[] {
  const problems: string[] = [];
  const noteForeign = (url: string) => {
    if (leaves(url)) problems.push(`request to another machine: ${url}`);
  };
  const context = page.context();
  context.on('request', (request) => noteForeign(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error')
      problems.push(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (thrown) =>
    problems.push(`page error: ${thrown.error().stack ?? thrown.error().message}`),
  );
  page.on('websocket', (socket) => noteForeign(socket.url()));
  return problems;
}

function leaves(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return ['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && !LOCAL.has(hostname);
}
