import { trySmtp } from '@marteau/mail';
import { type Check, odd, ok, wrong } from '../check.ts';

export const mail: Check = {
  name: 'Mail',
  async look({ settings: { smtpUrl } }) {
    if (smtpUrl === null)
      return [
        odd(
          'SMTP_URL is not set, so mails wait on the page /outbox and nobody gets one. Set it to your mail server.',
        ),
      ];
    const why = await trySmtp(smtpUrl);
    const { host } = new URL(smtpUrl);
    return [
      why === null
        ? ok(`The mail server ${host} answers and lets Marteau in.`)
        : wrong(
            `The mail server ${host} does not take mails: ${why}. Check SMTP_URL, and that this machine may reach it.`,
          ),
    ];
  },
};
