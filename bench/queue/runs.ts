/** What a benchmark submits: many projects, many people. */
export const submission = (n: number) => ({
  request: { repo: 'https://git.example.com/team/shop', email: 'ana@example.com' },
  project: `https://git.example.com/team/${n % 50}`,
  submitter: { kind: 'email', id: `person${n % 200}@example.com` },
  trigger: 'api',
});

/** What is known of it once it is prepared. */
export const lineEntry = (n: number) => ({
  demand: 1,
  labels: {},
  targets: [`host${n % 500}.example.com:443`],
  shared: false,
  recipients: [{ kind: 'mail', to: 'ana@example.com' }],
  facts: {
    commit: 'c'.repeat(40),
    commitSubject: 'Make it fast',
    commitAuthor: 'Ana',
    name: 'Shop',
    test: 'load.test.ts',
    target: 'https://staging.example.com',
    engine: { name: 'marteau', version: '0' },
  },
  work: {},
});
