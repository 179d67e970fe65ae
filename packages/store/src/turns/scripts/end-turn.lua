-- Ends a turn, unless it has passed to somebody else meanwhile.
if redis.call('GET', key('turn', args.name)) ~= args.token then return 0 end
redis.call('DEL', key('turn', args.name))
return 1
