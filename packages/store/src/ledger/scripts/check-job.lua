-- Keeps the lease of a job alive, and tells whether who has it may go on.
heal()
local id = args.lease.runId
if not job_is_valid(args.lease) then return 'lost' end
redis.call('ZADD', key('jobs'), now + rules.leaseMs, id)
return field(key('run', id), 'state') == 'cancelling' and 'cancelled' or 'go'
