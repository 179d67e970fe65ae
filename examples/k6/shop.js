import { check, group, sleep } from 'k6';
import http from 'k6/http';

const target = __ENV.MARTEAU_TARGET;

export const options = {
  scenarios: {
    browse: { executor: 'constant-vus', exec: 'browse', vus: 6, duration: '6s' },
    search: {
      executor: 'constant-arrival-rate',
      exec: 'search',
      rate: 9,
      timeUnit: '1s',
      duration: '6s',
      preAllocatedVUs: 9,
    },
  },
  thresholds: { http_req_duration: ['p(95)<2000'], checks: ['rate>0.99'] },
};

export function browse() {
  group('catalogue', () => {
    const page = http.get(`${target}/`);
    check(page, { 'the shop is open': ({ status }) => status === 200 });
    http.get(`${target}/products/${1 + (__ITER % 3)}`, { tags: { name: 'GET /products/:id' } });
  });
  sleep(0.2);
}

export function search() {
  http.get(`${target}/search?q=tea`);
}
