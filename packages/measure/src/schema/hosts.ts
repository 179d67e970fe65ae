import { type Static, Type } from 'typebox';

const Column = (description: string) =>
  Type.Array(Type.Union([Type.Number(), Type.Null()]), { maxItems: 1200, description });

/** A host of the target while the load ran, as its node-exporter or a Prometheus server told. One entry a reading. */
export const HostSeries = Type.Object({
  name: Type.String({ description: 'from the file' }),
  at: Type.Array(Type.Number(), { maxItems: 1200, description: 'ms since the load began' }),
  cpu: Column('of all its processors, 0 … 1, since the reading before'),
  load1: Column('processes that ran or wanted to, over one minute'),
  load5: Column('over five minutes'),
  load15: Column('over fifteen minutes'),
  memory: Column('bytes in use'),
  swap: Column('bytes in use'),
  received: Column('bytes per second'),
  sent: Column('bytes per second'),
  processors: Type.Union([Type.Integer(), Type.Null()]),
  memoryTotal: Type.Union([Type.Number({ description: 'bytes' }), Type.Null()]),
  note: Type.Union([Type.String({ description: 'why there is nothing, or what was missed' }), Type.Null()]),
});
export type HostSeries = Static<typeof HostSeries>;
