-- A share tells the others of its attempt what it has started for all of them.
local lease = args.lease
if not share_is_valid(lease) then return 0 end
redis.call('DEL', key('around', lease.runId))
redis.call('HSET', key('around', lease.runId), lease.attempt, args.around)
tell(lease.runId)
return 1
