-- A worker registers, or registers again with the same boot id after Redis was emptied.
-- args: name, boot, host, process, spec (JSON), labels (JSON), load, desk (booleans), force (the old
--       process is known to be dead)
-- returns {'joined', now} | {'taken', host, process} while another process with this name is alive
local node = key('node', args.name)
local old = redis.call('HMGET', node, 'boot', 'lease', 'host', 'process', 'enabled', 'joinedAt')
if old[1] and old[1] ~= args.boot then
  if tonumber(old[2]) > now and not args.force then return { 'taken', old[3], old[4] } end
  lose_node(args.name, 'node ' .. args.name .. ' was restarted')
end
redis.call('SADD', key('nodes'), args.name)
redis.call('HSET', node, 'boot', args.boot, 'lease', now + rules.leaseMs, 'host', args.host, 'process', args.process,
  'spec', args.spec, 'labels', args.labels, 'load', args.load and '1' or '0', 'desk', args.desk and '1' or '0',
  'enabled', old[5] or '1', 'draining', '0', 'order', '', 'gone', '0', 'joinedAt', old[6] or now, 'beatAt', now)
redis.call('SREM', key('nodejobs', args.name), 'test')
if not old[1] then redis.call('HSET', node, 'slot', '', 'share', '') end
wake_unmet()
return { 'joined', now }
