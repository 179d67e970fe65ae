-- How many other shares of its attempt have not ended yet; 0 when the lease is lost.
if not share_is_valid(args.lease) then return 0 end
local id = args.lease.runId
return count_slots(id, args.lease.attempt, field(key('run', id), 'slots')) - 1
