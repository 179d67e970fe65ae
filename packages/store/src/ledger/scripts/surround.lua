-- A share tells the others of its attempt what it has started for all of them.
-- args: lease, around (JSON)
-- returns 1, or 0 when the lease is lost
if not share_is_valid(args.lease) then return 0 end
redis.call('DEL', key('around', args.lease.runId))
redis.call('HSET', key('around', args.lease.runId), args.lease.attempt, args.around)
tell(args.lease.runId)
return 1
