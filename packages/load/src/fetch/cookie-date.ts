const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DELIMITERS = /[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/;
const DAY = /^(\d{1,2})(?:\D|$)/;
const YEAR = /^(\d{2,4})(?:\D|$)/;

/**
 * The moment that a cookie's `Expires` means, as browsers read it (RFC 6265bis, 5.1.1): time, day, month and year in
 * whatever order, the rest read over, always UTC.
 * @returns ms since 1970; null for what is no such date
 */
export function cookieDate(text: string): number | null {
  let time: readonly number[] | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  for (const token of text.split(DELIMITERS)) {
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    const [ofTime, ofDay, ofYear] = [TIME.exec(token), DAY.exec(token), YEAR.exec(token)];
    if (time === null && ofTime) time = ofTime.slice(1, 4).map(Number);
    else if (day === null && ofDay) day = Number(ofDay[1]);
    else if (month === null && named >= 0) month = named;
    else if (year === null && ofYear) year = fullYear(Number(ofYear[1]));
  }
  if (time === null || day === null || month === null || year === null || year < 1601) return null;
  const [hour = 0, minute = 0, second = 0] = time;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  date.setUTCFullYear(year);
  return date.getUTCDate() === day && day > 0 ? date.getTime() : null;
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
