import { conversations } from '../conversation.ts';

export const target = conversations('smtp', [
  '\r\n',
  '\r\n.\r\n',
  'DATA\r\n',
  'BDAT 5 LAST\r\n',
  'AUTH LOGIN\r\n',
  'STARTTLS\r\n',
  '250-',
  '250 ok\r\n',
  '354 go\r\n',
  '334 x\r\n',
  '220 hi\r\n',
]);
