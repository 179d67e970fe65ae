-- A share ends, one way or the other, and its slot is free. Safe to repeat.
-- args: lease, how: 'done' (measured) | 'late' (not begun: the attempt is handed back) | 'lost' (begun, cannot go on)
--       | 'failed' (the run cannot work) | 'acknowledged' (stopped, as told); why, reason, reasonCode
-- returns 1, or 0 when the lease is lost
heal()
local lease = args.lease
local id = lease.runId
local member = lease.attempt .. '/' .. lease.share
if not share_is_valid(lease) then return redis.call('SISMEMBER', key('done', id), member) end
free_slot(lease.node)
redis.call('SADD', key('done', id), member)
-- handed back so long after the start that a silent node would be dead by now: what the others measured counts
local startAt = tonumber(run_get(id, 'startAt')[1] or '')
local too_late = startAt and now > startAt + rules.leaseMs
if args.how == 'late' and not too_late then
  abort(id, 'requeue', args.why)
elseif args.how == 'late' or args.how == 'lost' or args.how == 'acknowledged' then
  if not given(run_get(id, 'ending')[1]) then lose_share(id, lease.share, lease.node, args.why) end
elseif args.how == 'failed' then
  if not given(run_get(id, 'ending')[1]) then
    run_set(id, 'reason', args.reason, 'reasonCode', given(args.reasonCode) and args.reasonCode or '')
    abort(id, 'error', args.reason)
  end
end
settle(id)
return 1
