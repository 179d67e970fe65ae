import type { ResultFormat } from '@marteau/file';
import type { Format } from '../reader.ts';
import { autocannonJson } from './autocannon-json.ts';
import { csv } from './csv.ts';
import { gatlingLog } from './gatling-log.ts';
import { heyCsv } from './hey-csv.ts';
import { hlog } from './hlog.ts';
import { jtl } from './jtl.ts';
import { k6Csv } from './k6-csv.ts';
import { k6Json } from './k6-json.ts';
import { locustLines } from './locust-lines.ts';
import { ohaJson } from './oha-json.ts';
import { vegetaCsv } from './vegeta-csv.ts';
import { wrkLua } from './wrk-lua.ts';

/** Every format that is read. To add one, add it here. */
export const formats: Readonly<Record<ResultFormat, Format>> = {
  jtl,
  'k6-json': k6Json,
  'k6-csv': k6Csv,
  'gatling-log': gatlingLog,
  'locust-lines': locustLines,
  'vegeta-csv': vegetaCsv,
  'hey-csv': heyCsv,
  'oha-json': ohaJson,
  'autocannon-json': autocannonJson,
  'wrk-lua': wrkLua,
  hlog,
  csv,
};
