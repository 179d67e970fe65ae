-- The barrier. The last share that is ready sets the one start time of all. Safe to repeat.
heal()
local lease = args.lease
local id = lease.runId
if not share_is_valid(lease) then return { 'lost' } end
local run = fields(key('run', id), 'state', 'ending', 'startAt', 'roundTrip', 'slots')
if run.ending then return { run.ending == 'cancel' and 'cancelled' or 'aborted' } end
if run.state ~= 'running' then return { 'lost' } end
if run.startAt then return { 'go', tonumber(run.startAt) } end

redis.call('SADD', key('ready', id), lease.share)
local longest = math.max(args.roundTrip, tonumber(run.roundTrip) or 0)
local of = #decoded(run.slots)
if redis.call('SCARD', key('ready', id)) < of then
  run_set(id, 'roundTrip', longest)
  return { 'wait' }
end
local start = of == 1 and now or math.ceil(now + 2 * longest + args.marginMs)
redis.call('ZREM', key('barrier'), id)
run_set(id, 'startAt', start, 'startedAt', start)
tell(id)
return { 'go', start }
