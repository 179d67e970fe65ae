-- A share tells the others of its attempt what it has started for all of them.
-- args: hold, around (JSON)
-- returns 1, or 0 when the hold is lost
if not share_is_held(args.hold) then return 0 end
redis.call('DEL', key('around', args.hold.runId))
redis.call('HSET', key('around', args.hold.runId), args.hold.attempt, args.around)
tell(args.hold.runId)
return 1
