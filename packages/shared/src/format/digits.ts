/** Thin and not breakable: a number never falls apart over two lines. */
const THIN_SPACE = '\u202f';

/** What stands where there is no number. */
export const NOTHING = '–';

/** Groups the digits before the point by threes: '1234567.5' → '1 234 567.5'. */
export function groupThousands(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three significant digits, never in exponents: 1.3449 → '1.34', 14.21 → '14.2', 1234.5 → '1 235'. */
export function threeDigits(value: number): string {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(Math.max(2 - magnitude, 0), 20);
  const text = value.toFixed(decimals);
  // 9.996 rounds up to 10.00: one digit too many.
  const rounded = Math.abs(Number(text)) >= 10 ** (magnitude + 1) && decimals > 0;
  return groupThousands(rounded ? value.toFixed(decimals - 1) : text);
}

/** Drops the zeros that say nothing: '50.0' → '50', '1.20' → '1.2'. */
export function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** The first unit in which the value, rounded to three digits, stays below the next one. */
export function fitUnit(
  value: number,
  units: readonly (readonly [name: string, size: number])[],
): readonly [name: string, size: number] {
  const fits = units.find((_, i) => {
    const next = units[i + 1];
    return next === undefined || Math.abs(value) < next[1] * (1 - 0.5 / 1000);
  });
  return fits ?? ['', 1];
}
