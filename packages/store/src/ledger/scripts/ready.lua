-- The barrier. The last share that is ready sets the one start time of all. Safe to repeat.
-- args: lease, roundTrip (ms, measured by this node), marginMs
-- returns {'wait'} | {'go', startAt, now} | {'cancelled'} | {'aborted'} | {'lost'}
heal()
local lease = args.lease
if not share_is_valid(lease) then return { 'lost' } end
local id = lease.runId
local run = run_get(id, 'state', 'ending', 'startAt', 'roundTrip', 'slots')
if run[2] == 'cancel' then return { 'cancelled' } end
if given(run[2]) then return { 'aborted' } end
if run[1] ~= 'running' then return { 'lost' } end
if given(run[3]) then return { 'go', tonumber(run[3]), now } end

redis.call('SADD', key('ready', id), lease.share)
local longest = math.max(args.roundTrip, tonumber(run[4]) or 0)
local of = #cjson.decode(run[5])
if redis.call('SCARD', key('ready', id)) < of then
  run_set(id, 'roundTrip', longest)
  return { 'wait' }
end
local start = of == 1 and now or math.ceil(now + 2 * longest + args.marginMs)
redis.call('ZREM', key('barrier'), id)
run_set(id, 'startAt', start, 'startedAt', start)
tell(id)
return { 'go', start, now }
