-- Keeps the lease of a preparer or finalizer alive, and tells whether it may go on.
-- args: hold
-- returns 'go' | 'cancelled' | 'lost'
heal()
if not desk_is_held(args.hold) then return 'lost' end
redis.call('ZADD', key('desk'), now + rules.leaseMs, args.hold.runId)
if run_get(args.hold.runId, 'state')[1] == 'cancelling' then return 'cancelled' end
return 'go'
