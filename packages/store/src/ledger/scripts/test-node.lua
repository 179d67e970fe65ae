-- A node that does nothing else is tested: while it is, it gets no share.
-- args: name, boot, result (JSON; '' when the test begins)
-- returns 1, or 0 when it is not free, or not this worker's any more
heal()
local node = key('node', args.name)
local known = redis.call('HMGET', node, 'boot', 'slot')
if known[1] ~= args.boot then return 0 end
if args.result == '' then
  if given(known[2]) or redis.call('SCARD', key('nodejobs', args.name)) > 0 then return 0 end
  redis.call('SADD', key('nodejobs', args.name), 'test')
else
  redis.call('SREM', key('nodejobs', args.name), 'test')
  redis.call('HSET', node, 'test', args.result)
end
return 1
