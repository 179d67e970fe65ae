/**
 * Submits a run as a browser does: gets the page with the form, and posts the form with its token and cookie.
 * @returns the address of the run's page
 */
export async function submitForm(site: string, fields: Record<string, string>): Promise<string> {
  const page = await fetch(`${site}/new`);
  const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1];
  if (!token) throw new Error(`The form at ${site}/new has no token in it.`);
  const cookie = page.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const answer = await fetch(`${site}/runs`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: site },
    body: new URLSearchParams({ ...fields, _csrf: token }),
  });
  const location = answer.headers.get('location');
  if (answer.status !== 303 || !location) {
    const said = /role="alert">(.*?)<\/div>/s.exec(await answer.text())?.[1]?.replace(/<[^>]+>/g, ' ');
    throw new Error(`The form was refused with ${answer.status}: ${said?.trim() ?? 'no reason given'}`);
  }
  return new URL(location, site).href;
}
