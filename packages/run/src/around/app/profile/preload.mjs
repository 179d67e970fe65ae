// Loaded by Node before the app (--import): samples its processor time between two files that Marteau writes, and
// leaves the profile beside them. Plain JavaScript, because the app's Node may be an older one.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const folder = process.env.MARTEAU_PROFILE;
const INTERVAL_US = 1000;
const LOOK_MS = 50;
let session = null;

const timer = setInterval(() => {
  if (session === null && existsSync(`${folder}/begin`)) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    session.post('Profiler.start');
  } else if (session !== null && existsSync(`${folder}/end`)) {
    clearInterval(timer);
    session.post('Profiler.stop', (error, answer) => {
      if (error) return;
      writeFileSync(`${folder}/part-${process.pid}`, JSON.stringify(answer.profile));
      renameSync(`${folder}/part-${process.pid}`, `${folder}/${process.pid}.cpuprofile`);
    });
  }
}, LOOK_MS);
timer.unref();
