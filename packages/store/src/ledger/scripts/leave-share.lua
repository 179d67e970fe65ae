-- A share ends, one way or the other, and its slot is free. Safe to repeat.
heal()
local lease, how = args.lease, args.how
local id = lease.runId
local member = lease.attempt .. '/' .. lease.share
if not share_is_valid(lease) then return redis.call('SISMEMBER', key('done', id), member) end
free_slot(lease.node)
redis.call('SADD', key('done', id), member)
local run = fields(key('run', id), 'startAt', 'ending')
-- handed back so long after the start that a silent node would be dead by now: what the others measured counts
local too_late = run.startAt and now > tonumber(run.startAt) + rules.leaseMs
if how == 'late' and not too_late then
  abort(id, 'requeue', args.why)
elseif how == 'failed' and not run.ending then
  run_set(id, 'reason', args.reason, 'reasonCode', given(args.reasonCode) and args.reasonCode or '')
  abort(id, 'error', args.reason)
elseif how ~= 'done' and not run.ending then
  lose_share(id, lease.share, lease.node, args.why, how == 'stopped' or nil)
end
settle(id)
return 1
