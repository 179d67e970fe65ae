-- Keeps the lease of a job alive, and tells whether who has it may go on.
-- args: lease
-- returns 'go' | 'cancelled' | 'lost'
heal()
if not job_is_valid(args.lease) then return 'lost' end
redis.call('ZADD', key('jobs'), now + rules.leaseMs, args.lease.runId)
if run_get(args.lease.runId, 'state')[1] == 'cancelling' then return 'cancelled' end
return 'go'
