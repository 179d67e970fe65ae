-- A call of a hook, taken once however often it comes; what is to be done for it is a job.
local id, project = args.id, args.project
if not redis.call('SET', key('arrived', id), project, 'NX', 'PX', args.keepMs) then return { 'known' } end
redis.call('HSET', key('arrivals', project), id, args.arrival)
if not args.waiting then
  settled_arrival(project, id, args.most)
  return { 'kept' }
end
redis.call('ZADD', key('arriving', project), now, id)
return { 'new', owe('hook', 'hook', 'hook-' .. id, { project = project, id = id }) }
