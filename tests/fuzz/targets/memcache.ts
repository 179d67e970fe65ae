import { conversations } from '../conversation.ts';

export const target = conversations('memcache', [
  'set k 0 0 1\r\nx\r\n',
  'get k\r\n',
  'gat 1 k\r\n',
  'mg k v\r\n',
  'ms k 1\r\nx\r\n',
  'mn\r\n',
  ' q\r\n',
  ' noreply\r\n',
  'VALUE k 0 1\r\nx\r\n',
  'VA 1\r\nx\r\n',
  'END\r\n',
  'STORED\r\n',
  'lru_crawler metadump all\r\n',
  'STAT a 1\r\n',
  'watch\r\n',
  '\x80\x00\x00\x01',
  '\x81\x10',
]);
