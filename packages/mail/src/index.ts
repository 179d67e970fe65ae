export { isAllowed, type Mailbox, readAddress, readSender } from './addresses.ts';
export { hostLabel, type MailSettings, readMailSettings } from './settings.ts';
export {
  type Mail,
  outboxTransport,
  type Sent,
  smtpTransport,
  type Transport,
} from './transport.ts';
export { trySmtp } from './try-smtp.ts';
