import { conversations } from '../conversation.ts';

export const target = conversations('redis', [
  '*1\r\n$4\r\nPING\r\n',
  '*2\r\n$3\r\nGET\r\n$1\r\na\r\n',
  '$-1\r\n',
  '+OK\r\n',
  ':1\r\n',
  '%1\r\n',
  '|1\r\n',
  '>2\r\n',
  '~1\r\n',
  '_\r\n',
  '*1\r\n$5\r\nMULTI\r\n',
  '*1\r\n$4\r\nEXEC\r\n',
  'CLIENT REPLY OFF\r\n',
]);
