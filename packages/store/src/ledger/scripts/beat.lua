-- A node's heartbeat.
heal()
speak()
local hash = key('node', args.name)
local node = fields(hash, 'boot', 'gone', 'slot', 'share', 'order')
if not node.boot then return { 'unknown' } end
if node.boot ~= args.boot then return { 'displaced' } end
redis.call('HSET', hash, 'lease', now + rules.leaseMs, 'gone', '0', 'status', args.status, 'beatAt', now)
if node.gone == '1' then wake_unmet() end
if node.order then redis.call('HSET', hash, 'order', '') end
local order = node.order or ''
if not node.slot then return { 'ok', '', '', 0, '', order } end
local run = fields(key('run', run_of_slot(node.slot)), 'slots', 'ending')
return { 'ok', node.slot, node.share, #decoded(run.slots), run.ending or '', order }
