-- What became of a call of a hook, or of a try of it.
local id, project = args.id, args.project
if redis.call('HEXISTS', key('arrivals', project), id) == 0 then return 0 end
redis.call('HSET', key('arrivals', project), id, args.arrival)
if args.waiting then return 1 end
redis.call('ZREM', key('arriving', project), id)
settled_arrival(project, id, args.most)
return 1
