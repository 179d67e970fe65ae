-- A node that does nothing else is tested: while it is, it gets no share.
heal()
local hash = key('node', args.name)
local node = fields(hash, 'boot', 'slot')
if node.boot ~= args.boot then return 0 end
if args.result == '' then
  if node.slot or redis.call('SCARD', key('nodejobs', args.name)) > 0 then return 0 end
  redis.call('SADD', key('nodejobs', args.name), 'test')
else
  redis.call('SREM', key('nodejobs', args.name), 'test')
  redis.call('HSET', hash, 'test', args.result)
end
return 1
