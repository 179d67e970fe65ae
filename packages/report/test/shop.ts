import type { FailureGroup } from '@marteau/shared';
import type { SimulatedLabel } from './simulate.ts';

/** A shop of five routes and two tests. */
export const shop: readonly SimulatedLabel[] = [
  { kind: 'test', name: 'browse and buy', perIteration: 0.7, median: 62_000, sigma: 0.34 },
  { kind: 'test', name: 'search', perIteration: 0.3, median: 31_000, sigma: 0.4 },
  { kind: 'step', name: 'browse and buy > cart', perIteration: 0.7, median: 22_000, sigma: 0.4 },
  { kind: 'request', name: 'GET /', perIteration: 1, median: 4_100, sigma: 0.45, bytes: 18_300 },
  { kind: 'request', name: 'GET /products', perIteration: 0.7, median: 9_800, sigma: 0.5, bytes: 44_100 },
  { kind: 'request', name: 'GET /products/:id', perIteration: 1.4, median: 6_700, sigma: 0.55, bytes: 7_900 },
  { kind: 'request', name: 'GET /search', perIteration: 0.6, median: 21_000, sigma: 0.7, bytes: 12_600 },
  { kind: 'request', name: 'POST /cart', perIteration: 0.7, median: 14_600, sigma: 0.6, bytes: 310 },
];

/** The shop with a cart that fails now and then. */
export function failingShop(errorRate: number): SimulatedLabel[] {
  return shop.map((label) => {
    const isCart = label.name === 'POST /cart' || label.name.startsWith('browse');
    return isCart ? { ...label, errorRate, error: '503' } : label;
  });
}

export const cartFailures: readonly FailureGroup[] = [
  {
    kind: 'failure',
    test: 'browse and buy',
    label: '',
    message: 'Expected values to be strictly equal:\n\n503 !== 201',
    source: 'loadtest/checkout.test.ts:31:12',
    sourceText: "    assert.equal(answer.status, 201, 'the cart takes the product');",
    count: 214,
    first: 94_210,
    last: 123_870,
    byStep: { '3': 214 },
    samples: [
      {
        at: 94_210,
        user: 17,
        detail:
          'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n503 !== 201\n\n    at TestContext.<anonymous> (loadtest/checkout.test.ts:31:12)\n    at async Test.run (node:internal/test_runner/test:1125:7)',
      },
    ],
  },
  {
    kind: 'error',
    test: 'browse and buy',
    label: 'POST /cart',
    message: '503 Service Unavailable',
    source: null,
    sourceText: null,
    count: 214,
    first: 94_190,
    last: 123_860,
    byStep: { '3': 214 },
    samples: [
      {
        at: 94_190,
        user: 17,
        detail:
          'POST https://staging.example.com/cart\ncontent-type: application/json\ncookie: session=***\n\n{"product":1881,"count":1}\n\n503 Service Unavailable\nretry-after: 1\n\n{"error":"no connection left in the pool"}',
      },
    ],
  },
];
