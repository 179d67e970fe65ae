/** The three real uses with which the semantics of the file begin. */
export const LOAD_TEST_AGAINST_STAGING = `# 1. a load test against staging, on three nodes
name: Marketplace
script: loadtest/checkout.test.ts
nodes: 3
cycles: 10:20:30:100
duration: 2m
target: https://staging.example.com
version: {url: /version.json, json: commit}
env: {TOKEN: "\${secrets.TOKEN}"}
data: {users: loadtest/users.csv}
thresholds: [p95 < 300ms, 'p99 of "GET /cart" < 1s over 10s', errors < 1%, requests >= 450/s]
email: team@example.com
`;

export const APP_OF_THE_REPOSITORY = `# 2. the app in this repository, started for the run; an open model
script: loadtest/browse.test.ts
app: {setup: npm ci, command: node server.ts, ready: /health, timeout: 1m}
warmup: 15s
load: [{rate: 50/s..500/s, for: 2m, maxUsers: 400}, {rate: 500/s, for: 5m, maxUsers: 400}]
profiles: {smoke: {load: [{users: 2, for: 10s}]}}
`;

export const CHAOS_FOR_THE_APP = `# 3. chaos: redis disappears for twenty seconds
script: loadtest/browse.test.ts
app: {command: node server.ts, ready: /health}
load: [{rate: 100/s, for: 3m, maxUsers: 200}]
proxies: {redis: {upstream: "127.0.0.1:6379", protocol: redis}}
chaos: {seed: 42, timeline: [{at: 60s, for: 20s, proxy: redis, behavior: blackout, expect: {recoverWithin: 5s}}]}
`;
