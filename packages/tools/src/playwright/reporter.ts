/** A reporter of Playwright that writes a line for each test that has ended, as it ends: its own write theirs at the end. */
export const REPORTER = `'use strict';
const { appendFileSync } = require('node:fs');
const file = process.env.MARTEAU_PLAYWRIGHT_LINES;
let running = 0;
module.exports = class {
  printsToStdio() {
    return false;
  }
  onTestBegin() {
    running += 1;
  }
  onTestEnd(test, { startTime, duration, status, error }) {
    const users = running;
    running -= 1;
    // Its first two names are the root's and the project's.
    const name = test.titlePath().slice(2).join(' > ');
    const message = error ? String(error.message || error.value || '').slice(0, 4000) : '';
    appendFileSync(file, JSON.stringify({ start: startTime.getTime(), ms: duration, name, status, message, users }) + '\\n');
  }
  onError(error) {
    process.stderr.write(String(error.message || error.value || error) + '\\n');
  }
};
`;
