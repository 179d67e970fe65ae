import { figuresOf, type RunSummary, type Verdict } from '@marteau/shared';
import { xmlText } from './xml.ts';

const colours = { pass: '#187a35', fail: '#c4261d', invalid: '#6a3db5', none: '#665f55' } as const;

/** What the badge of a project or branch shows: its last verdict, and the p95 that goes with it. */
export interface BadgeFacts {
  readonly verdict: Verdict | null;
  readonly summary: RunSummary | null;
  /** What stands on the left; 'load test' unless said otherwise. */
  readonly name?: string;
}

/** An SVG badge for a README: the verdict as a word, so that colour alone says nothing. */
export function badgeSvg({ verdict, summary, name = 'load test' }: BadgeFacts): string {
  const p95 = verdict === 'invalid' || !summary?.p95 ? '' : `, p95 ${figuresOf(summary).p95}`;
  const said = verdict === null ? 'no run' : verdict + p95;
  const [left, right] = [widthOf(name), widthOf(said)];
  const text = (x: number, words: string) =>
    `<text x="${x}" y="14" textLength="${widthOf(words) - 12}">${xmlText(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${xmlText(`${name}: ${said}`)}">`,
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><path fill="#3a362f" d="M0 0h${left}v20H0z"/><path fill="${colours[verdict ?? 'none']}" d="M${left} 0h${right}v20H${left}z"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(6, name)}${text(left + 6, said)}</g>`,
    '</svg>',
  ].join('');
}

/** Letters of a proportional type in px, near enough: `textLength` takes care of the rest. */
function widthOf(words: string): number {
  const letters = [...words].reduce(
    (sum, letter) => sum + (/[ilj.,:'| ]/.test(letter) ? 4 : /[mwMW]/.test(letter) ? 10 : 7),
    0,
  );
  return letters + 12;
}
