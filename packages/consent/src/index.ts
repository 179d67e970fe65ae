export { askConsent } from './ask-consent.ts';
export { type Decided, type DecideOptions, limitsInWords, readPlace } from './decide.ts';
export { destinationsOf } from './destinations.ts';
export {
  type ConsentDocument,
  type ConsentEntry,
  checkDocument,
  parseDocument,
  UnreadableConsent,
  WELL_KNOWN_PATH,
} from './document.ts';
export { decideAll, decisionsOf, hostsOf, whyNotBegin } from './run-consent.ts';
export { requireUsable } from './terms.ts';
export { txtName } from './txt-record.ts';
export { watchConsent } from './watch-consent.ts';
export { txtOf, withEntry } from './write-consent.ts';
