-- A worker registers, or registers again with the same boot id after Redis was emptied.
local hash = key('node', args.name)
local old = fields(hash, 'boot', 'lease', 'host', 'process', 'enabled', 'joinedAt')
if old.boot and old.boot ~= args.boot then
  if tonumber(old.lease) > now and not args.force then return { 'taken', old.host, old.process } end
  lose_node(args.name, 'node ' .. args.name .. ' was restarted')
end
redis.call('SADD', key('nodes'), args.name)
redis.call('HSET', hash, 'boot', args.boot, 'lease', now + rules.leaseMs, 'host', args.host, 'process', args.process,
  'spec', args.spec, 'labels', args.labels, 'load', args.load and '1' or '0', 'desk', args.desk and '1' or '0',
  'enabled', old.enabled or '1', 'draining', '0', 'order', '', 'gone', '0', 'joinedAt', old.joinedAt or now, 'beatAt', now)
redis.call('SREM', key('nodejobs', args.name), 'test')
if not old.boot then redis.call('HSET', hash, 'slot', '', 'share', '') end
wake_unmet()
return { 'joined', now }
