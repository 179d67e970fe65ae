-- Gives a record another text, if it still has the one that its change was made of ('' where there was none).
local before = redis.call('HGET', args.hash, args.id) or ''
if before ~= args.before then return 0 end
redis.call('HSET', args.hash, args.id, args.after)
return 1
