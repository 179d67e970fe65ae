-- How many other shares of its attempt have not ended yet.
-- args: lease
-- returns their number; 0 when the lease is lost
if not share_is_valid(args.lease) then return 0 end
return #nodes_with_slot(args.lease.runId, args.lease.attempt, run_get(args.lease.runId, 'slots')[1]) - 1
