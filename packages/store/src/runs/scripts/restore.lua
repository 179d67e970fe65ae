-- Puts an ended run back into an emptied index, or makes its entry anew.
local id = args.id
if redis.call('EXISTS', key('run', id)) == 1 then return 0 end
local before = ended_state(id)
if before then
  if not args.replace then return 0 end
  redis.call('ZREM', key('state', before), id)
end
redis.call('ZADD', key('state', args.state), 0, id)
if args.listed then
  redis.call('ZADD', key('project', redis.sha1hex(args.project)), 0, id)
  local last = redis.call('ZSCORE', key('projects'), args.project)
  if not last or tonumber(last) < args.submittedAt then redis.call('ZADD', key('projects'), args.submittedAt, args.project) end
end
if args.pinned then redis.call('SADD', key('pinned'), id) end
return 1
