-- How many other shares of its attempt have not ended yet.
-- args: hold
-- returns their number; 0 when the hold is lost
if not share_is_held(args.hold) then return 0 end
return #holders(args.hold.runId, args.hold.attempt, run_get(args.hold.runId, 'slots')[1]) - 1
